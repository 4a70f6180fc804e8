#pragma once

#include <caf/actor_clock.hpp>
#include <caf/config.hpp>
#include <caf/scheduled_actor.hpp>
#include <caf/system_messages.hpp>
#include <caf/timespan.hpp>

#if CAF_MAJOR_VERSION >= 1
#  include <caf/anon_mail.hpp>
#else
#  include <caf/send.hpp>
#endif

#include <utility>

/// The only place that knows of differences between CAF 0.18 and CAF 1.x.

namespace inbox {

/// Sends `msg` from `self` to `to`.
template <class Self, class Handle, class Message>
void send(Self&& self, const Handle& to, Message msg) {
#if CAF_MAJOR_VERSION >= 1
  self->mail(std::move(msg)).send(to);
#else
  self->send(to, std::move(msg));
#endif
}

/// Sends `msg` to `to` from nobody. Safe from any thread.
template <class Handle, class Message>
void send_anonymously(const Handle& to, Message msg) {
#if CAF_MAJOR_VERSION >= 1
  caf::anon_mail(std::move(msg)).send(to);
#else
  caf::anon_send(to, std::move(msg));
#endif
}

/// Sends a request of these parts and returns CAF's handle to the response.
template <class Self, class Handle, class... Parts>
[[nodiscard]] auto
request(Self&& self, const Handle& to, caf::timespan timeout, Parts... parts) {
#if CAF_MAJOR_VERSION >= 1
  return self->mail(std::move(parts)...).request(to, timeout);
#else
  return self->request(to, timeout, std::move(parts)...);
#endif
}

/// Has `self` go on whatever strangers send it: messages that it does not know,
/// for which requests are answered with an error, errors, and calls to end.
template <class Self>
void ignore_strangers(Self self) {
  // CAF 1.x would have these in the behavior, where a typed actor has no place
  // for them.
  CAF_PUSH_DEPRECATED_WARNING
  self->set_default_handler(caf::drop);
  self->set_exit_handler([](caf::exit_msg&) {
    // Only `kill` ends it.
  });
  self->set_error_handler([](caf::error&) {});
  self->set_down_handler([](caf::down_msg&) {});
  self->set_node_down_handler([](caf::node_down_msg&) {});
  CAF_POP_WARNINGS
}

} // namespace inbox
