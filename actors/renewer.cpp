#include "renewer.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace inbox {

namespace {

// Rounds per lease duration, while the store answers and after it has failed.
constexpr int rounds = 3;
constexpr int rounds_after_failure = 12;

} // namespace

renewer_state::renewer_state(renewer_actor::pointer self,
                             lease_holding_actor dispatcher,
                             renewing_store store, timespan lease_duration,
                             uint32_t batch_size)
  : self_{self},
    dispatcher_{std::move(dispatcher)},
    store_{std::move(store)},
    lease_duration_{lease_duration},
    batch_size_{batch_size} {
  // nop
}

void renewer_state::schedule(timespan pause) {
  if (!ending_)
    next_ = self_->run_delayed(pause, [this] { start(); });
}

void renewer_state::start() {
  auto begin = monotonic_now(self_);
  request(self_, dispatcher_, caf::infinite, get_leases{})
    .then(
      [this, begin](held_leases& held) {
        renew({std::move(held.leases), 0, begin});
      },
      [](const caf::error&) {
        // The dispatcher is gone, and so will be this actor.
      });
}

void renewer_state::renew(round x) {
  auto now = monotonic_now(self_);
  if (x.next == x.leases.size()) {
    auto next = x.begin + lease_duration_ / rounds;
    schedule(std::max(next - now, timespan{0}));
    return;
  }
  renew_leases ask;
  ask.duration = lease_duration_;
  auto count = std::min(batch_size_, x.leases.size() - x.next);
  auto first = x.leases.begin() + static_cast<ptrdiff_t>(x.next);
  ask.leases.assign(first, first + static_cast<ptrdiff_t>(count));
  x.next += count;
  auto trusted_until = now + trust_in(lease_duration_);
  request(self_, store_, caf::infinite, ask)
    .then(
      [this, x, asked = ask.leases, trusted_until](const renewed_leases& got) {
        renewed(asked, got, trusted_until);
        renew(x);
      },
      [this](const caf::error&) {
        schedule(lease_duration_ / rounds_after_failure);
      });
}

void renewer_state::renewed(std::vector<lease> asked, const renewed_leases& got,
                            timespan trusted_until) {
  if (!got.lost.empty()) {
    std::set<lease> lost{got.lost.begin(), got.lost.end()};
    auto is_lost = [&lost](const lease& x) { return lost.count(x) > 0; };
    asked.erase(std::remove_if(asked.begin(), asked.end(), is_lost),
                asked.end());
    send(self_, dispatcher_, lose_leases{got.lost});
  }
  send(self_, dispatcher_, extend_leases{std::move(asked), trusted_until});
}

renewer_actor::behavior_type renewer_state::make_behavior() {
  schedule(lease_duration_ / rounds);
  return {
    [this](const end_duty&) {
      ending_ = true;
      next_.dispose();
    },
  };
}

} // namespace inbox
