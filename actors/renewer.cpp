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
    batch_size_{batch_size},
    good_since_{self->clock().now()} {
  // nop
}

void renewer_state::schedule() {
  next_ = self_->run_delayed(lease_duration_ / 3, [this] {
    start();
    schedule();
  });
}

void renewer_state::start() {
  auto begin = self_->clock().now();
  request(self_, dispatcher_, caf::infinite, get_leases{})
    .then(
      [this, begin](held_leases& held) {
        round all{std::move(held.leases), 0, begin};
        // A renewal that takes long must not hide that time runs out.
        if (renewing_)
          failed(all);
        else
          renew(std::move(all));
      },
      [](const caf::error&) {
        // The dispatcher is gone, and so will be this actor.
      });
}

void renewer_state::renew(round x) {
  if (x.next >= x.leases.size()) {
    renewed(x);
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
      [this, x](const caf::error&) {
        renewing_ = false;
        failed(x);
      });
}

void renewer_state::renewed(const round& x) {
  good_since_ = x.begin;
}

void renewer_state::failed(const round& x) {
  // The next try is a third of a lease away; if it failed as well, the leases
  // would be over before the one after it could give them up.
  auto next_try = self_->clock().now() + lease_duration_ / 3;
  if (next_try < good_since_ + lease_duration_)
    return;
  if (!x.leases.empty())
    send(self_, dispatcher_, lose_leases{x.leases});
}

renewer_actor::behavior_type renewer_state::make_behavior() {
  schedule();
  return {
    [this](const end_duty&) { next_.dispose(); },
  };
}

} // namespace inbox
