#include "registrar.hpp"

#include "remote_handler.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/watch.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

/// Tells whether `y` comes over the link of `x` and wants the same.
bool is_same(const register_handler& x, const register_handler& y) {
  // There is one proxy per link: after another link it is another object.
  return caf::actor_cast<caf::abstract_actor*>(x.handler)
           == caf::actor_cast<caf::abstract_actor*>(y.handler)
         && x.concurrency == y.concurrency && x.shared == y.shared;
}

} // namespace

registrar_state::registrar_state(registrar_actor::pointer self,
                                 inbox_actor inbox, size_t most)
  : self_{self},
    inbox_{std::move(inbox)},
    most_{most} {
  // nop
}

registrar_actor::behavior_type registrar_state::make_behavior() {
  return {
    [this](const register_handler& x) { return add(x); },
    [this](const unregister_handler& x) { return remove(x); },
    [this](const handler_down& x) { handler_ended(x.handler); },
    [this](const end_duty&) { end(); },
  };
}

caf::result<registered_handler>
registrar_state::add(const register_handler& x) {
  if (ending_)
    return make_error(errc::stopped, "inbox", "is not published any more");
  id which{x.event_type, x.handler_key, x.handler.address()};
  if (auto i = entries_.find(which); i != entries_.end()) {
    if (!is_same(i->second.request, x))
      take_off(i, {});
    else if (i->second.added)
      return ask_inbox(which, i->second.local, x); // it may have taken it off
    else
      return make_error(errc::busy, "handler", "is being registered");
  }
  if (entries_.size() >= most_)
    return make_error(errc::busy, "handler",
                      "is one too many of those on other nodes");
  auto local = self_->spawn<remote_handler_impl>(x.handler);
  watch(self_->address(), caf::actor_cast<caf::actor>(local));
  entries_.emplace(which, entry{x, local});
  return ask_inbox(which, local, x);
}

caf::result<registered_handler>
registrar_state::ask_inbox(const id& which, const remote_handler_actor& local,
                           register_handler x) {
  x.handler = caf::actor_cast<caf::actor>(local);
  auto reply = self_->make_response_promise<registered_handler>();
  auto drop = [this, local] { // its end ends the entry
    self_->send_exit(local, caf::exit_reason::kill);
  };
  request(self_, inbox_, caf::infinite, std::move(x))
    .then(
      [this, which, local, reply,
       drop](const registered_handler& done) mutable {
        auto result = done;
        auto* known = find(which, local);
        // Of a key that is not shared the inbox says so of its own handler,
        // too.
        if (known != nullptr && known->added && !known->request.shared)
          result.added = true;
        if (result.added && known != nullptr) {
          known->added = true;
          send(self_, local, caf::monitor_atom_v);
        } else {
          drop();
        }
        reply.deliver(result);
      },
      [this, which, local, reply, drop](caf::error& err) mutable {
        if (auto* known = find(which, local); known == nullptr || !known->added)
          drop();
        reply.deliver(std::move(err));
      });
  return reply;
}

registrar_state::entry*
registrar_state::find(const id& which, const remote_handler_actor& local) {
  auto i = entries_.find(which);
  return i != entries_.end() && i->second.local == local ? &i->second : nullptr;
}

caf::result<unregistered_handler>
registrar_state::remove(const unregister_handler& x) {
  auto i = entries_.find({x.event_type, x.handler_key, x.handler.address()});
  if (i == entries_.end())
    return unregistered_handler{};
  auto reply = self_->make_response_promise<unregistered_handler>();
  take_off(i, reply);
  return reply;
}

void registrar_state::take_off(
  entries::iterator which,
  caf::typed_response_promise<unregistered_handler> reply) {
  auto [known, local, added] = std::move(which->second);
  entries_.erase(which);
  ++leaving_;
  auto leave = [this, local = local] {
    self_->send_exit(local, caf::exit_reason::kill);
    --leaving_;
    if (ending_ && leaving_ == 0)
      self_->quit();
  };
  request(self_, inbox_, caf::infinite,
          unregister_handler{known.event_type, known.handler_key, false,
                             caf::actor_cast<caf::actor>(local)})
    .then(
      [reply, leave](const unregistered_handler& x) mutable {
        reply.deliver(x);
        leave();
      },
      [reply, leave](caf::error& err) mutable {
        reply.deliver(std::move(err));
        leave();
      });
}

void registrar_state::handler_ended(const caf::actor_addr& who) {
  // The inbox has noticed by itself.
  auto i = std::find_if(entries_.begin(), entries_.end(), [&](auto& x) {
    return x.second.local.address() == who;
  });
  if (i != entries_.end())
    entries_.erase(i);
}

void registrar_state::end() {
  ending_ = true;
  while (!entries_.empty())
    take_off(entries_.begin(), {});
  if (leaving_ == 0)
    self_->quit();
}

} // namespace inbox
