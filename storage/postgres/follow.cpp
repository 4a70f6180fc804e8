#include "verbs.hpp"

#include "follow_text.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace inbox::postgres {

namespace {

traced_event read_traced(rows& from, int row) {
  auto number = [&](int col) {
    return static_cast<uint32_t>(from.get<int32_t>(row, col));
  };
  traced_event result;
  result.id = from.get<uuid>(row, 2);
  result.type = from.get<std::string>(row, 3);
  result.cause = from.get_optional<uuid>(row, 4);
  result.written = from.get<timestamp>(row, 5);
  result.pending = number(6);
  result.in_progress = number(7);
  result.failed = number(8);
  result.done = number(9);
  result.dead = number(10);
  return result;
}

} // namespace

caf::expected<trace> follow(session& on, const find_trace& x) {
  auto answer = on.run(follow_text(), params::of(x.id, int64_t{x.limit}),
                       effect::none, on.start());
  if (!answer)
    return std::move(answer.error());
  trace result;
  std::set<uuid> seen;
  auto goes_round = false;
  auto add = [&](std::vector<traced_event>& to, traced_event&& each) {
    if (to.size() < x.limit)
      to.push_back(std::move(each));
    else
      result.complete = false;
  };
  for (auto row = 0; row < answer->size(); ++row) {
    auto each = read_traced(*answer, row);
    if (answer->get<int32_t>(row, 0) != 0) {
      add(result.descendants, std::move(each));
      continue;
    }
    goes_round = goes_round || !seen.insert(each.id).second;
    if (answer->get<int32_t>(row, 1) == 0)
      result.event = std::move(each);
    else if (!goes_round)
      add(result.ancestors, std::move(each));
  }
  if (auto err = answer->check())
    return err;
  std::reverse(result.ancestors.begin(), result.ancestors.end());
  return result;
}

} // namespace inbox::postgres
