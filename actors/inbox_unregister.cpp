#include "inbox_actor.hpp"

#include "caf_compat.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

// How a handler key leaves this node.

namespace inbox {

/// One `unregister_handler` on its way.
struct inbox_state::removal {
  known_handler handler;
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
  auto i = handlers_.find({x.event_type, x.handler_key});
  if (i == handlers_.end())
    return unregistered_handler{};
  auto what = std::make_shared<removal>();
  what->handler = std::move(i->second);
  what->reply = self_->make_response_promise<unregistered_handler>();
  what->open_steps = x.forget ? 2 : 1;
  handlers_.erase(i);
  if (x.forget)
    forget_route(what, {x.event_type, x.handler_key});
  // What runs may finish before its handler goes.
  if (what->handler.route)
    request(self_, dispatcher_, caf::infinite,
            leave_route{*what->handler.route})
      .then([this, what] { end_handler(what); },
            [this, what](const caf::error&) { end_handler(what); });
  else
    end_handler(what);
  return what->reply;
}

void inbox_state::forget_route(const removal_ptr& what,
                               const handler_name& which) {
  auto refuse = [what](caf::error& err) {
    what->failure = std::move(err);
    what->end_step();
  };
  auto forget = [this, what, refuse](route_id route) {
    request(self_, worker(role::write), caf::infinite, remove_route{route})
      .then([what] { what->end_step(); }, refuse);
  };
  if (what->handler.route)
    forget(*what->handler.route);
  else // not known yet, but the store may have it
    request(self_, writer_, caf::infinite, add_route{which.first, which.second})
      .then(
        [this, what, which, forget](const added_route& made) {
          if (handlers_.count(which) > 0)
            what->end_step(); // it has a handler again: the last word counts
          else
            forget(made.route);
        },
        refuse);
}

void inbox_state::end_handler(const removal_ptr& what) {
  if (!what->handler.owned) {
    what->end_step(); // the application's
    return;
  }
  auto end = [this, what] {
    self_->unlink_from(what->handler.handler);
    self_->send_exit(what->handler.handler, caf::exit_reason::user_shutdown);
    what->end_step();
  };
  request(self_, caf::actor_cast<counting_actor>(what->handler.handler),
          caf::infinite, get_stats{})
    .then(
      [what, end](const inbox_stats& x) {
        what->result.stuck = x.open_calls;
        end();
      },
      [end](const caf::error&) { end(); });
}

void inbox_state::handler_ended(const handler_down& x) {
  for (auto i = handlers_.begin(); i != handlers_.end(); ++i) {
    if (i->second.handler != x.handler || i->second.route != x.route)
      continue;
    log_->warn("handler_ended type=\"{}\" key=\"{}\"", i->first.first,
               i->first.second);
    send(self_, notifier_,
         error_occurred{make_error(errc::handler_down, i->first.second,
                                   "the handler actor has ended")});
    send(self_, dispatcher_, leave_route{x.route});
    handlers_.erase(i);
    return;
  }
}

} // namespace inbox
