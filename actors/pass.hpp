#pragma once

#include "caf_compat.hpp"

#include <caf/result.hpp>

#include <utility>

namespace inbox {

/// Has `to` answer a request of `self` in its place. Unlike `delegate`, what
/// asked never learns of `to`, and an answer that comes late finds its way.
template <class Reply, class Self, class Handle, class Message>
caf::result<Reply> pass(Self self, const Handle& to, Message msg) {
  auto reply = self->template make_response_promise<Reply>();
  request(self, to, caf::infinite, std::move(msg))
    .then([reply](Reply& x) mutable { reply.deliver(std::move(x)); },
          [reply](caf::error& err) mutable { reply.deliver(std::move(err)); });
  return reply;
}

} // namespace inbox
