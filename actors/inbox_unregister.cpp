#include "inbox_actor.hpp"

#include "caf_compat.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

// How a handler key leaves this node.

namespace inbox {

/// One `unregister_handler` on its way.
struct inbox_state::removal {
  known_key key;
  caf::typed_response_promise<unregistered_handler> reply;
  unregistered_handler result{true, 0};
  caf::error failure;
  int open_steps = 0;

  void end_step() {
    if (--open_steps > 0)
      return;
    if (failure)
      reply.deliver(std::move(failure));
    else
      reply.deliver(result);
  }
};

caf::result<unregistered_handler>
inbox_state::remove_handler(const unregister_handler& x) {
  handler_name which{x.event_type, x.handler_key};
  auto i = handlers_.find(which);
  if (i == handlers_.end()
      || (x.handler && find_handler(which, x.handler) == nullptr))
    return unregistered_handler{};
  auto what = std::make_shared<removal>();
  what->reply = self_->make_response_promise<unregistered_handler>();
  if (x.handler) {
    what->key = take_off(which, x.handler.address());
  } else {
    what->key = std::move(i->second);
    handlers_.erase(i);
  }
  auto forget = x.forget && handlers_.count(which) == 0;
  what->open_steps = forget ? 2 : 1;
  if (forget)
    forget_route(what, which);
  // What runs may finish before its handler goes.
  if (what->key.route)
    request(self_, dispatcher_, caf::infinite,
            leave_route{*what->key.route, x.handler})
      .then([this, what] { end_handler(what); },
            [this, what](const caf::error&) { end_handler(what); });
  else
    end_handler(what);
  return what->reply;
}

inbox_state::known_key inbox_state::take_off(const handler_name& which,
                                             const caf::actor_addr& handler) {
  auto i = handlers_.find(which);
  auto& known = i->second;
  auto* who = known.find(handler);
  known_key result;
  result.handlers = {*who};
  result.route = known.route;
  result.owned = known.owned;
  known.handlers.erase(known.handlers.begin() + (who - known.handlers.data()));
  if (known.handlers.empty())
    handlers_.erase(i);
  return result;
}

void inbox_state::forget_route(const removal_ptr& what,
                               const handler_name& which) {
  // Behind what the store is being asked to add, and before what it will be:
  // the last word counts.
  request(self_, writer_, caf::infinite,
          remove_route{which.first, which.second})
    .then([what] { what->end_step(); },
          [what](caf::error& err) {
            what->failure = std::move(err);
            what->end_step();
          });
}

void inbox_state::end_handler(const removal_ptr& what) {
  if (!what->key.owned) {
    what->end_step(); // the application's
    return;
  }
  auto actor = what->key.handlers.front().actor;
  auto end = [this, what, actor] {
    self_->unlink_from(actor);
    self_->send_exit(actor, caf::exit_reason::user_shutdown);
    what->end_step();
  };
  request(self_, caf::actor_cast<counting_actor>(actor), caf::infinite,
          get_stats{})
    .then(
      [what, end](const inbox_stats& x) {
        what->result.stuck = x.open_calls;
        end();
      },
      [end](const caf::error&) { end(); });
}

void inbox_state::handler_ended(const handler_down& x) {
  std::vector<handler_name> names;
  for (auto& [which, known] : handlers_)
    if (known.find(x.handler) != nullptr)
      names.push_back(which);
  for (auto& which : names) {
    auto gone = take_off(which, x.handler);
    log_->warn("handler_ended type=\"{}\" key=\"{}\"", which.first,
               which.second);
    send(self_, notifier_,
         error_occurred{make_error(errc::handler_down, which.second,
                                   "the handler actor has ended")});
    if (gone.route)
      send(self_, dispatcher_,
           leave_route{*gone.route, gone.handlers.front().actor});
  }
  send(self_, dispatcher_, x); // also if it was taken off its keys before
}

} // namespace inbox
