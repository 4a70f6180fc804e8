#include "store_worker.hpp"

#include "caf_compat.hpp"
#include "guarded.hpp"

#include <algorithm>
#include <exception>
#include <type_traits>
#include <utility>

namespace inbox {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr timespan first_pause = milliseconds{100};
constexpr timespan longest_pause = seconds{5};

bool ends_connection(const caf::error& err) {
  auto code = code_of(err);
  return code == errc::connection_lost || code == errc::outcome_unknown
         || code == errc::timeout;
}

// What may be the connection's fault, or that of the server or file that it
// leads to, rather than that of one statement.
constexpr int most_refusals = 2;

} // namespace

store_worker_state::store_worker_state(store_worker_actor::pointer self,
                                       store_opener open,
                                       std::shared_ptr<known_routes> routes,
                                       observer_actor notifier,
                                       caf::actor_addr inbox)
  : self_{self},
    open_{std::move(open)},
    routes_{std::move(routes)},
    notifier_{std::move(notifier)},
    inbox_{std::move(inbox)},
    pause_{first_pause} {
  // nop
}

void store_worker_state::failed(const caf::error& err) {
  send(self_, notifier_, error_occurred{err});
  if (code_of(err) == errc::storage_failed)
    ++refusals_;
  if (ends_connection(err) || refusals_ >= most_refusals) {
    store_.reset();
    refusals_ = 0;
  }
}

caf::error store_worker_state::connect() {
  if (store_)
    return {};
  if (last_error_ && self_->clock().now() < not_before_)
    return last_error_;
  auto opened = guarded(open_);
  if (!opened) {
    last_error_ = opened.error();
    // From now, since the attempt itself may have taken longer than the pause.
    not_before_ = self_->clock().now() + pause_;
    pause_ = std::min(pause_ * 2, longest_pause);
    failed(last_error_);
    return last_error_;
  }
  store_ = std::move(*opened);
  last_error_ = caf::error{};
  pause_ = first_pause;
  if (was_open_)
    tell_inbox();
  was_open_ = true;
  return {};
}

void store_worker_state::tell_inbox() {
  if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(inbox_))
    send_anonymously(caf::actor_cast<routing_actor>(alive), store_reopened{});
}

template <class Reply, class Verb>
caf::result<Reply> store_worker_state::run(Verb verb) {
  if (auto err = connect())
    return err;
  try {
    auto reply = verb(*store_);
    if (!reply) {
      failed(reply.error());
      return std::move(reply.error());
    }
    refusals_ = 0;
    if constexpr (std::is_void_v<Reply>)
      return {};
    else
      return std::move(*reply);
  } catch (const std::exception& e) {
    // Out of memory, or a defect; the state of the connection is unknown.
    store_.reset();
    auto err = make_error(errc::storage_failed, "store", e.what());
    failed(err);
    return err;
  }
}

store_worker_actor::behavior_type store_worker_state::make_behavior() {
  return {
    [this](const write_events& x) {
      return run<written_events>([&](store& s) { return s.write(x.events); });
    },
    [this](const write_and_claim& x) {
      return run<written_and_claimed>(
        [&](store& s) { return s.write_claimed(x); });
    },
    [this](const add_route& x) {
      return run<added_route>([&](store& s) { return routes_->add(s, x); });
    },
    [this](const remove_route& x) {
      return run<void>([&](store& s) { return routes_->remove(s, x); });
    },
    [this](const route_events& x) {
      return run<routed_events>([&](store& s) { return s.route(x); });
    },
    [this](const claim_deliveries& x) {
      return run<claimed_deliveries>([&](store& s) { return s.claim(x); });
    },
    [this](const settle_deliveries& x) {
      return run<settled_deliveries>([&](store& s) { return s.settle(x); });
    },
    [this](const settle_jointly& x) {
      return run<settled_jointly>([&](store& s) { return s.settle_joint(x); });
    },
    [this](const renew_leases& x) {
      return run<renewed_leases>([&](store& s) { return s.renew(x); });
    },
    [this](const erase_events& x) {
      return run<erased_events>([&](store& s) { return s.erase(x); });
    },
    [this](const look_for_owner& x) {
      return run<found_owner>([&](store& s) { return s.look_for(x); });
    },
    [this](const find_event& x) {
      return run<event_record>([&](store& s) { return s.find(x); });
    },
    [this](const find_trace& x) {
      return run<trace>([&](store& s) { return s.follow(x); });
    },
    [this](const get_summary&) {
      return run<store_summary>([](store& s) { return s.summarize(); });
    },
    [this](const end_duty&) {
      store_.reset(); // closed before the answer
      self_->quit();
    },
  };
}

} // namespace inbox
