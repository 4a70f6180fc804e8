#include "claimed_events.hpp"

#include "event_pack.hpp"
#include "event_ranges.hpp"
#include "read_event.hpp"

#include "../sort_unless_sorted.hpp"

#include <algorithm>
#include <string_view>
#include <unordered_set>
#include <utility>

namespace inbox::postgres {

namespace {

// Arguments: the first and the last number of each range. Columns: seq, and
// those of `read_event`. With the limit each range is looked up by itself,
// whatever else there is.
constexpr auto event_rows_text = R"(
  select e.*
  from unnest($1::bigint[], $2::bigint[]) as r(first, last)
  cross join lateral (
    select seq, id, type, payload, date, ordering_key, headers, cause
    from {p}_event
    where seq between r.first and r.last
    order by seq
    limit r.last - r.first + 1
  ) e)";

/// Where an event goes to: to a delivery.
struct slot {
  event_seq seq = 0;
  event* to = nullptr;
  bool found = false;
};

/// What is read for one claim. Each event is put where it is to be in the end:
/// to move some thousand takes longer than to read them.
class event_reader {
public:
  /// The slots are in the order of their numbers; several may have one number.
  event_reader(session& on, deadline until, std::vector<slot>& slots)
    : on_{on},
      until_{until},
      slots_{slots},
      next_{slots.begin()} {
    // nop
  }

  caf::error read() {
    auto wanted = ranges_of(missing(), on_.packs().events());
    if (!wanted.dense())
      return read_rows(wanted);
    if (auto err = read_packs(wanted))
      return err;
    // Too large for a pack, or erased.
    auto rest = ranges_of(missing());
    return rest.count > 0 ? read_rows(rest) : caf::error{};
  }

private:
  using slot_iterator = std::vector<slot>::iterator;

  std::vector<event_seq> missing() const {
    std::vector<event_seq> result;
    for (auto& x : slots_)
      if (!x.found)
        result.push_back(x.seq);
    return result;
  }

  caf::error read_packs(event_ranges& wanted) {
    auto answer = on_.run(packed_events_text(), wanted.take_arguments(),
                          effect::none, until_, planning::by_range);
    if (!answer)
      return std::move(answer.error());
    size_t bytes = 0;
    size_t events = 0;
    for (auto row = 0; row < answer->size(); ++row) {
      auto pack = answer->get_optional<std::string_view>(row, 0).value_or("");
      bytes += pack.size();
      while (!pack.empty()) {
        event_seq seq = 0;
        if (!unpack_seq(pack, seq))
          return malformed_row();
        auto at = first_of(seq);
        if (at == slots_.end() || !unpack(pack, *at->to, payloads_))
          return malformed_row();
        fill(at);
        ++events;
      }
    }
    on_.packs().came(events, bytes);
    return {};
  }

  caf::error read_rows(event_ranges& wanted) {
    auto answer = on_.run(event_rows_text, wanted.take_arguments(),
                          effect::none, until_);
    if (!answer)
      return std::move(answer.error());
    for (auto row = 0; row < answer->size(); ++row) {
      auto at = first_of(answer->get<int64_t>(row, 0));
      if (at == slots_.end())
        return malformed_row();
      *at->to = read_event(*answer, row, 1, payloads_);
      fill(at);
    }
    return answer->check();
  }

  /// Returns the first slot of a number, which is mostly the one that is next.
  slot_iterator first_of(event_seq seq) {
    if (next_ == slots_.end() || next_->seq != seq)
      next_ = std::lower_bound(slots_.begin(), slots_.end(), seq,
                               [](auto& x, auto y) { return x.seq < y; });
    auto is_it = next_ != slots_.end() && next_->seq == seq;
    return is_it ? next_ : slots_.end();
  }

  /// Notes that the event of a slot is there, and gives it to all others of its
  /// number.
  void fill(slot_iterator first) {
    first->found = true;
    for (next_ = first + 1; next_ != slots_.end() && next_->seq == first->seq;
         ++next_) {
      *next_->to = *first->to;
      next_->found = true;
    }
  }

  session& on_;
  deadline until_;
  std::vector<slot>& slots_;
  slot_iterator next_;
  payload_blocks payloads_;
};

} // namespace

caf::error read_events(session& on, const std::vector<taken_delivery>& taken,
                       std::vector<claimed_delivery>& to, deadline until) {
  to.reserve(taken.size());
  std::vector<slot> slots;
  slots.reserve(taken.size());
  for (auto& x : taken) {
    auto& added = to.emplace_back();
    added.lease = x.lease;
    added.attempt = x.attempt;
    added.perilous = x.perilous;
    added.event.type = *x.type;
    slots.push_back({x.lease.seq, &added.event});
  }
  sort_unless_sorted(slots.begin(), slots.end(),
                     [](auto& x, auto& y) { return x.seq < y.seq; });
  if (auto err = event_reader{on, until, slots}.read()) {
    to.clear();
    return err;
  }
  std::unordered_set<event_seq> erased;
  for (auto& x : slots)
    if (!x.found)
      erased.insert(x.seq);
  if (!erased.empty())
    to.erase(std::remove_if(to.begin(), to.end(),
                            [&](auto& x) {
                              return erased.count(x.lease.seq) > 0;
                            }),
             to.end());
  return {};
}

} // namespace inbox::postgres
