#include "shop.hpp"

#include <caf/event_based_actor.hpp>
#include <caf/typed_event_based_actor.hpp>

#include <thread>

namespace bench {

using namespace std::chrono_literals;

shop::shop(const setting& how,
           std::function<void(const inbox::event&)> on_event)
  : on_event_{std::move(on_event)},
    keys_{how.keys},
    patience_{how.patience},
    config_{how},
    sys_{std::make_unique<caf::actor_system>(config_)} {
  inbox::registry registry;
  for (uint64_t i = 0; i < keys_; ++i) {
    auto key = "key" + std::to_string(i);
    inbox::handler_options options;
    options.concurrency = how.concurrency;
    caf::error err;
    if (how.handler == "actor") {
      auto handler = sys_->spawn([this](inbox::handler_actor::pointer)
                                   -> inbox::handler_actor::behavior_type {
        return {[this](const inbox::handle_event& x) {
          note(x.event);
          return inbox::done();
        }};
      });
      handlers_.push_back(caf::actor_cast<caf::actor>(handler));
      err = registry.on_actor("order", key, handlers_.back(), options);
    } else {
      err = registry.on(
        "order", key, [this](const inbox::delivery& x) { note(x.event()); },
        options);
    }
    if (err)
      fail(inbox::describe(err));
  }
  auto options = make_options(how);
  actor_ = value(inbox::spawn_inbox(*sys_, options, registry));
  box_ = std::make_unique<inbox::client>(*sys_, actor_, options);
}

shop::~shop() {
  if (auto report = box_->drain(); !report)
    fail(inbox::describe(report.error()));
  for (auto& x : handlers_)
    caf::anon_send_exit(x, caf::exit_reason::user_shutdown);
}

void shop::wait_until_ready() {
  while (value(box_->stats()).lanes.size() < keys_)
    std::this_thread::sleep_for(1ms);
}

shop::end shop::wait_until_done(uint64_t count) {
  end result{std::chrono::steady_clock::now()};
  for (;;) {
    auto stats = value(box_->stats());
    auto now = std::chrono::steady_clock::now();
    if (stats.failed + stats.dead + stats.lost > 0)
      fail("an attempt has failed or was lost");
    if (stats.done > result.done) {
      result.at = now;
      result.done = stats.done;
    }
    if (result.done >= count || now - result.at > patience_)
      return result;
    // To ask takes time from what is measured; not to ask is told as its time.
    auto is_near_the_end = count - result.done < 10000;
    std::this_thread::sleep_for(is_near_the_end ? 500us : 5000us);
  }
}

} // namespace bench
