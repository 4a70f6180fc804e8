#include "renewer.hpp"

#include "caf_compat.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

renewer_state::renewer_state(renewer_actor::pointer self,
                             lease_holding_actor dispatcher,
                             renewing_store store, timespan lease_duration,
                             uint32_t batch_size)
  : self_{self},
    dispatcher_{std::move(dispatcher)},
    store_{std::move(store)},
    lease_duration_{lease_duration},
    // A sixth is left for handlers to notice that they were canceled.
    trusted_{lease_duration / 6 * 5},
    batch_size_{batch_size} {
  // nop
}

void renewer_state::schedule() {
  next_ = self_->run_delayed(lease_duration_ / 3, [this] {
    start();
    schedule();
  });
}

void renewer_state::start() {
  if (renewing_)
    return; // the watch goes on meanwhile
  auto begin = self_->clock().now();
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
  if (x.next >= x.leases.size()) {
    watch(x.begin);
    return;
  }
  renewing_ = true;
  renew_leases ask;
  ask.duration = lease_duration_;
  auto count = std::min(batch_size_, x.leases.size() - x.next);
  auto first = x.leases.begin() + static_cast<ptrdiff_t>(x.next);
  ask.leases.assign(first, first + static_cast<ptrdiff_t>(count));
  x.next += count;
  request(self_, store_, caf::infinite, std::move(ask))
    .then(
      [this, x](const renewed_leases& reply) {
        renewing_ = false;
        if (!reply.lost.empty())
          send(self_, dispatcher_, lose_leases{reply.lost});
        renew(x);
      },
      [this](const caf::error&) {
        renewing_ = false; // the next round tries again
      });
}

void renewer_state::watch(time_point good_since) {
  watch_.dispose();
  if (ending_)
    return;
  good_since_ = std::max(good_since_, good_since);
  auto left = good_since_ + trusted_ - self_->clock().now();
  watch_ = self_->run_delayed(std::max<timespan>(left, timespan{0}),
                              [this] { give_up(); });
}

void renewer_state::give_up() {
  request(self_, dispatcher_, caf::infinite, get_leases{})
    .then(
      [this](held_leases& held) {
        if (!held.leases.empty())
          send(self_, dispatcher_, lose_leases{std::move(held.leases)});
      },
      [](const caf::error&) {
        // See above.
      });
  // Whatever is claimed from now on is good for a while again.
  watch(self_->clock().now());
}

renewer_actor::behavior_type renewer_state::make_behavior() {
  schedule();
  watch(self_->clock().now());
  return {
    [this](const end_duty&) {
      ending_ = true;
      next_.dispose();
      watch_.dispose();
    },
  };
}

} // namespace inbox
