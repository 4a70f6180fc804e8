#include "inbox_actor.hpp"

#include "caf_compat.hpp"
#include "watch.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// Between two tries to tell the store of a route; each failure is reported.
constexpr timespan route_pause = std::chrono::seconds{1};

} // namespace

inbox_state::known_handler*
inbox_state::known_key::find(const caf::actor_addr& who) {
  auto i = std::find_if(handlers.begin(), handlers.end(),
                        [&](auto& x) { return x.actor == who; });
  return i != handlers.end() ? &*i : nullptr;
}

inbox_state::known_handler*
inbox_state::find_handler(const handler_name& which,
                          const caf::actor& handler) {
  auto i = handlers_.find(which);
  return i != handlers_.end() ? i->second.find(handler.address()) : nullptr;
}

void inbox_state::add_first_handlers() {
  for (auto& x : first_handlers_.entries()) {
    known_key added;
    added.owned = !x.actor;
    auto actor = x.actor
                   ? x.actor
                   : caf::actor_cast<caf::actor>(spawn_function_handler(x));
    added.handlers.push_back({std::move(actor), x.options.concurrency});
    handler_name which{x.event_type, x.handler_key};
    handlers_.emplace(which, std::move(added));
    add_route_until_known(which);
  }
}

void inbox_state::add_route_until_known(const handler_name& which) {
  auto handler = handlers_.at(which).handlers.front().actor;
  request(self_, writer_, caf::infinite, add_route{which.first, which.second})
    .then([this, which,
           handler](const added_route& x) { serve(which, handler, x.route); },
          [this, which, handler](const caf::error&) {
            self_->run_delayed(route_pause, [this, which, handler] {
              if (find_handler(which, handler) != nullptr)
                add_route_until_known(which);
            });
          });
}

// -- routes that have other numbers now ---------------------------------------

void inbox_state::check_routes() {
  for (auto& [which, known] : handlers_)
    if (known.route && checking_.insert(which).second)
      check_route(which);
}

void inbox_state::check_route(const handler_name& which) {
  if (draining_ || handlers_.count(which) == 0) {
    checking_.erase(which);
    return;
  }
  request(self_, writer_, caf::infinite, add_route{which.first, which.second})
    .then(
      [this, which](const added_route& x) {
        checking_.erase(which);
        move_route(which, x.route);
      },
      [this, which](const caf::error&) {
        self_->run_delayed(route_pause, [this, which] { check_route(which); });
      });
}

void inbox_state::move_route(const handler_name& which, route_id route) {
  auto i = handlers_.find(which);
  if (draining_ || i == handlers_.end())
    return;
  auto& known = i->second;
  if (!known.route || known.route == route)
    return; // without one, it has an answer of its own to come
  auto before = std::exchange(known.route, route);
  for (auto& who : known.handlers)
    if (who.served)
      serve(which, who);
  auto has_it = [before](auto& x) { return x.second.route == before; };
  if (std::none_of(handlers_.begin(), handlers_.end(), has_it))
    send(self_, dispatcher_, leave_route{*before});
}

// -- registering --------------------------------------------------------------

void inbox_state::serve(const handler_name& which, const caf::actor& handler,
                        route_id route) {
  auto* who = find_handler(which, handler);
  if (draining_ || who == nullptr)
    return; // unregistered meanwhile
  auto& known = handlers_.at(which);
  if (who->served)
    return; // it left and came back, and has the answer to its first question
  known.route = known.route.value_or(route);
  log_->info("handler_registered type=\"{}\" key=\"{}\"", which.first,
             which.second);
  serve(which, *who);
  watch(self_->address(), handler);
}

void inbox_state::serve(const handler_name& which, known_handler& who) {
  auto& known = handlers_.at(which);
  who.served = true;
  send(self_, dispatcher_,
       serve_route{*known.route, which.first, which.second, who.actor,
                   who.concurrency, known.owned, known.shared});
  send(self_, poller_, poke_poller{});
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
  auto [i, is_new] = handlers_.try_emplace(which);
  auto& known = i->second;
  if (is_new)
    known.shared = x.shared;
  else if (!known.shared || !x.shared)
    return registered_handler{false};
  if (auto* there = known.find(x.handler.address())) {
    there->concurrency = x.concurrency;
    if (there->served) {
      serve(which, *there);
      return registered_handler{true};
    }
  } else {
    known.handlers.push_back({x.handler, x.concurrency});
  }
  auto reply = self_->make_response_promise<registered_handler>();
  request(self_, writer_, caf::infinite, add_route{x.event_type, x.handler_key})
    .then(
      [this, which, handler = x.handler,
       reply](const added_route& made) mutable {
        serve(which, handler, made.route);
        reply.deliver(registered_handler{true});
      },
      [this, which, handler = x.handler, reply](caf::error& err) mutable {
        // The caller is told and may try again.
        if (auto* who = find_handler(which, handler);
            who != nullptr && !who->served)
          take_off(which, handler.address());
        reply.deliver(std::move(err));
      });
  return reply;
}

} // namespace inbox
