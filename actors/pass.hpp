#pragma once

#include "caf_compat.hpp"

#include <caf/actor_cast.hpp>
#include <caf/error.hpp>
#include <caf/result.hpp>
#include <caf/sec.hpp>

#include <utility>

namespace inbox {

/// Has `to` answer a request of `self` in its place, and nobody else: CAF finds
/// the request of an answer by a number that can be guessed. Unlike with
/// `delegate`, who asked never learns of `to`.
template <class Reply, class Self, class Handle, class Message>
caf::result<Reply> pass(Self self, const Handle& to, Message msg) {
  auto reply = self->template make_response_promise<Reply>();
  request(self, to, caf::infinite, std::move(msg))
    .then(
      [self, to, reply](Reply& x) mutable {
        if (self->current_sender()
            == caf::actor_cast<caf::strong_actor_ptr>(to))
          reply.deliver(std::move(x));
        else
          reply.deliver(caf::make_error(caf::sec::unexpected_response));
      },
      [reply](caf::error& err) mutable { reply.deliver(std::move(err)); });
  return reply;
}

} // namespace inbox
