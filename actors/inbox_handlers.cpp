#include "inbox_actor.hpp"

#include "caf_compat.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// Between two tries to tell the store of a route; each failure is reported.
constexpr timespan route_pause = std::chrono::seconds{1};

} // namespace

void inbox_state::add_first_handlers() {
  for (auto& x : first_handlers_.entries()) {
    known_handler added;
    added.concurrency = x.options.concurrency;
    added.owned = !x.actor;
    added.handler = x.actor
                      ? x.actor
                      : caf::actor_cast<caf::actor>(spawn_function_handler(x));
    handler_name which{x.event_type, x.handler_key};
    handlers_.emplace(which, std::move(added));
    add_route_until_known(which);
  }
}

void inbox_state::add_route_until_known(const handler_name& which) {
  auto handler = handlers_.at(which).handler;
  request(self_, writer_, caf::infinite, add_route{which.first, which.second})
    .then([this, which,
           handler](const added_route& x) { serve(which, handler, x.route); },
          [this, which, handler](const caf::error&) {
            self_->run_delayed(route_pause, [this, which, handler] {
              if (is_registered(which, handler))
                add_route_until_known(which);
            });
          });
}

bool inbox_state::is_registered(const handler_name& which,
                                const caf::actor& handler) const {
  auto i = handlers_.find(which);
  return i != handlers_.end() && i->second.handler == handler;
}

void inbox_state::check_routes() {
  for (auto& [which, known] : handlers_)
    if (known.route && checking_.insert(which).second)
      check_route(which);
}

void inbox_state::check_route(const handler_name& which) {
  auto i = handlers_.find(which);
  if (draining_ || i == handlers_.end()) {
    checking_.erase(which);
    return;
  }
  request(self_, writer_, caf::infinite, add_route{which.first, which.second})
    .then(
      [this, which, handler = i->second.handler](const added_route& x) {
        checking_.erase(which);
        move_route(which, handler, x.route);
      },
      [this, which](const caf::error&) {
        self_->run_delayed(route_pause, [this, which] { check_route(which); });
      });
}

void inbox_state::move_route(const handler_name& which,
                             const caf::actor& handler, route_id route) {
  if (draining_ || !is_registered(which, handler))
    return;
  auto& known = handlers_.at(which);
  if (known.route == route)
    return;
  auto before = std::exchange(known.route, std::nullopt);
  serve(which, handler, route);
  auto has_it = [before](auto& x) { return x.second.route == before; };
  if (before && std::none_of(handlers_.begin(), handlers_.end(), has_it))
    send(self_, dispatcher_, leave_route{*before});
}

void inbox_state::serve(const handler_name& which, const caf::actor& handler,
                        route_id route) {
  if (draining_ || !is_registered(which, handler))
    return; // unregistered meanwhile, or replaced
  auto i = handlers_.find(which);
  auto& known = i->second;
  if (known.route)
    return; // it left and came back, and has the answer to its first question
  known.route = route;
  log_->info("handler_registered type=\"{}\" key=\"{}\"", which.first,
             which.second);
  send(self_, dispatcher_,
       serve_route{route, which.first, which.second, known.handler,
                   known.concurrency, known.owned});
  send(self_, poller_, poke_poller{});
  // A message instead of a monitor: the same in every version of CAF, and the
  // handler may live on another node.
  auto self = caf::actor_cast<caf::actor_addr>(self_);
  known.handler->attach_functor(
    [self, route, address = known.handler.address()](const caf::error&) {
      if (auto alive = caf::actor_cast<caf::strong_actor_ptr>(self))
        send_anonymously(caf::actor_cast<interface<takes<handler_down>>>(alive),
                         handler_down{route, address});
    });
}

caf::result<registered_handler>
inbox_state::add_handler(const register_handler& x) {
  if (draining_)
    return make_error(errc::stopped, "inbox", "is draining");
  if (auto err = check_handler(x.event_type, x.handler_key, x.concurrency))
    return err;
  if (!x.handler)
    return make_error(errc::invalid, "handler", "must not be a null actor");
  handler_name which{x.event_type, x.handler_key};
  if (handlers_.count(which) > 0)
    return registered_handler{false};
  known_handler added;
  added.handler = x.handler;
  added.concurrency = x.concurrency;
  handlers_.emplace(which, std::move(added));
  auto reply = self_->make_response_promise<registered_handler>();
  request(self_, writer_, caf::infinite, add_route{x.event_type, x.handler_key})
    .then(
      [this, which, handler = x.handler,
       reply](const added_route& made) mutable {
        serve(which, handler, made.route);
        reply.deliver(registered_handler{true});
      },
      [this, which, handler = x.handler, reply](caf::error& err) mutable {
        if (is_registered(which, handler))
          handlers_.erase(which); // the caller is told and may try again
        reply.deliver(std::move(err));
      });
  return reply;
}

} // namespace inbox
