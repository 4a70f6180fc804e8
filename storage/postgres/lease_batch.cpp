#include "lease_batch.hpp"

#include "../sort_unless_sorted.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <set>
#include <tuple>
#include <utility>

namespace inbox::postgres {

lease_batch::lease_batch(std::vector<lease> leases)
  : leases_(std::move(leases)) {
  order_.resize(leases_.size());
  std::iota(order_.begin(), order_.end(), size_t{0});
  sort_unless_sorted(order_.begin(), order_.end(), [this](auto i, auto j) {
    return leases_[i] < leases_[j];
  });
  auto same = [this](auto i, auto j) { return leases_[i] == leases_[j]; };
  order_.erase(std::unique(order_.begin(), order_.end(), same), order_.end());
}

size_t lease_batch::part(const std::vector<bool>& is_done) {
  auto middle = std::stable_partition(order_.begin(), order_.end(),
                                      [&](auto i) { return !is_done[i]; });
  auto rank = [this](auto i) {
    auto& x = leases_[i];
    return std::tuple{x.token, x.route, x.seq};
  };
  sort_unless_sorted(middle, order_.end(),
                     [&](auto i, auto j) { return rank(i) < rank(j); });
  return static_cast<size_t>(middle - order_.begin());
}

void lease_batch::add_to(params& args, size_t count) const {
  column<int64_t> seq;
  column<int32_t> route;
  column<int64_t> token;
  for (size_t n = 0; n < count; ++n) {
    auto& x = leases_[order_[n]];
    seq.push(x.seq);
    route.push(x.route);
    token.push(x.token);
  }
  args.add(std::move(seq));
  args.add(std::move(route));
  args.add(std::move(token));
}

params lease_batch::tokens() const {
  std::set<int64_t> found;
  for (auto& x : leases_)
    found.insert(x.token);
  column<int64_t> result;
  for (auto x : found)
    result.push(x);
  return params::of(std::move(result));
}

std::vector<lease> lease_batch::lost(rows& answer) const {
  std::vector<bool> held(leases_.size(), false);
  for (auto i : order_)
    held[i] = true;
  for (auto i : named(answer))
    held[i] = false;
  std::vector<lease> result;
  for (size_t i = 0; i < leases_.size(); ++i)
    if (!held[i])
      result.push_back(leases_[i]);
  return result;
}

std::vector<lease> lease_batch::all_named(rows& answer) const {
  std::set<lease> found;
  for (auto i : named(answer))
    found.insert(leases_[i]);
  std::vector<lease> result;
  for (auto& x : leases_)
    if (found.count(x) > 0)
      result.push_back(x);
  return result;
}

std::vector<size_t> lease_batch::named(rows& answer) const {
  std::vector<size_t> result;
  for (auto row = 0; row < answer.size(); ++row)
    if (auto n = answer.get_optional<int64_t>(row, 0))
      if (auto i = static_cast<size_t>(*n - 1); i < order_.size())
        result.push_back(order_[i]);
  return result;
}

} // namespace inbox::postgres
