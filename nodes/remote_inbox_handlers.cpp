#include "remote_inbox.hpp"

#include "remote_inbox_ask.hpp"

#include "../actors/watch.hpp"

#include <spdlog/spdlog.h>

#include <memory>
#include <utility>

// The handlers of this node.

namespace inbox {

caf::result<registered_handler>
remote_inbox_state::add(const register_handler& x) {
  if (auto err = check_room(0))
    return err;
  id which{x.event_type, x.handler_key, x.handler.address()};
  handlers_.try_emplace(which, known_handler{x});
  auto reply = self_->make_response_promise<registered_handler>();
  begin<registered_handler>(
    x,
    [this, x, which, reply](caf::expected<registered_handler> answer) mutable {
      auto i = handlers_.find(which);
      if (answer && answer->added)
        has_added(x);
      else if (i != handlers_.end() && !i->second.added)
        handlers_.erase(i);
      reply.deliver(std::move(answer));
    });
  return reply;
}

void remote_inbox_state::has_added(const register_handler& x) {
  auto i = handlers_.find({x.event_type, x.handler_key, x.handler.address()});
  if (i == handlers_.end()) {
    // It was unregistered meanwhile, or has ended.
    take_off(x, [](const caf::expected<unregistered_handler>&) {});
    return;
  }
  i->second.request = x;
  if (!std::exchange(i->second.added, true))
    watch(self_->address(), x.handler);
}

template <class Then>
void remote_inbox_state::take_off(const register_handler& x, Then then) {
  begin<unregistered_handler>(
    unregister_handler{x.event_type, x.handler_key, false, x.handler},
    std::move(then), errc::connection_lost, 0, caf::infinite);
}

caf::result<unregistered_handler>
remote_inbox_state::remove(const unregister_handler& x) {
  if (auto err = check_room(0))
    return err;
  if (x.forget)
    return make_error(errc::invalid, "forget",
                      "is for the node of the inbox to say");
  std::vector<register_handler> wanted;
  for (auto i = handlers_.begin(); i != handlers_.end();) {
    auto& [type, key, handler] = i->first;
    if (type == x.event_type && key == x.handler_key
        && (!x.handler || x.handler == handler)) {
      wanted.push_back(i->second.request);
      i = handlers_.erase(i); // a new connection brings it back no more
    } else {
      ++i;
    }
  }
  if (wanted.empty())
    return unregistered_handler{};
  struct removal {
    unregistered_handler result;
    caf::error failure;
    size_t open;
  };
  auto what = std::make_shared<removal>(removal{{}, {}, wanted.size()});
  auto reply = self_->make_response_promise<unregistered_handler>();
  for (auto& one : wanted)
    take_off(one,
             [what, reply](caf::expected<unregistered_handler> answer) mutable {
               if (answer)
                 what->result.removed = what->result.removed || answer->removed;
               else
                 what->failure = std::move(answer.error());
               if (--what->open > 0)
                 return;
               if (what->failure)
                 reply.deliver(std::move(what->failure));
               else
                 reply.deliver(what->result);
             });
  return reply;
}

void remote_inbox_state::ended(const caf::actor_addr& who) {
  if (gate_ && gate_.address() == who) {
    lost();
    return;
  }
  for (auto i = handlers_.begin(); i != handlers_.end();)
    i = std::get<2>(i->first) == who ? handlers_.erase(i) : std::next(i);
}

void remote_inbox_state::register_all() {
  for (auto& [which, known] : handlers_)
    if (known.added)
      begin<registered_handler>(
        known.request,
        [this, which = which](caf::expected<registered_handler> answer) {
          auto i = handlers_.find(which);
          if (i == handlers_.end())
            return;
          auto was_refused = std::exchange(i->second.refused,
                                           !answer || !answer->added);
          if (!i->second.refused || was_refused)
            return;
          log_->warn("handler_not_registered type=\"{}\" key=\"{}\" "
                     "what=\"{}\"",
                     std::get<0>(which), std::get<1>(which),
                     answer ? "the key has a handler"
                            : describe(answer.error()));
        });
}

void remote_inbox_state::keep_registered() {
  self_->run_delayed(config_.register_interval, [this] {
    if (gate_ && !draining_)
      register_all();
    keep_registered();
  });
}

caf::result<drain_report> remote_inbox_state::drain() {
  drained_.push_back(self_->make_response_promise<drain_report>());
  if (!draining_) {
    draining_ = true;
    open_.refuse_unsent(make_error(errc::stopped, "inbox", "is draining"));
    if (gate_)
      for (auto& entry : handlers_)
        take_off(entry.second.request,
                 [](const caf::expected<unregistered_handler>&) {
                   // Gone or lost: either way it is not there any more.
                 });
    handlers_.clear();
  }
  auto reply = drained_.back();
  end_if_drained();
  return reply;
}

void remote_inbox_state::end_if_drained() {
  if (!draining_ || open_.size() > 0 || drained_.empty())
    return;
  for (auto& reply : std::exchange(drained_, {}))
    reply.deliver(drain_report{});
  self_->quit();
}

} // namespace inbox
