#pragma once

#include "remote_inbox.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/monotonic.hpp"

#include <caf/expected.hpp>

#include <memory>
#include <optional>
#include <utility>

namespace inbox {

template <class Reply, class Message, class Then>
void remote_inbox_state::begin(Message msg, Then then, errc when_lost,
                               uint64_t bytes, timespan timeout) {
  auto number = std::make_shared<uint64_t>(0);
  auto send = [this, number, then, msg = std::move(msg)]() mutable {
    request(self_, gate_, caf::infinite, std::move(msg))
      .then(
        [this, number, then](Reply& x) mutable {
          if (open_.end(*number))
            then(caf::expected<Reply>{std::move(x)});
          end_if_drained();
        },
        [this, number, then](caf::error& err) mutable {
          if (err == caf::sec::request_receiver_down
              || err == caf::sec::broken_promise)
            open_.lose(*number); // CAF tells of the connection a little later
          else if (open_.end(*number))
            then(caf::expected<Reply>{std::move(err)});
          end_if_drained();
        });
  };
  auto fail = [then](caf::error err) mutable {
    then(caf::expected<Reply>{std::move(err)});
  };
  std::optional<timespan> until;
  if (timeout != timespan{caf::infinite})
    until = monotonic_now(self_) + timeout;
  *number
    = open_.add({std::move(send), std::move(fail), when_lost, bytes, until});
  if (gate_)
    open_.send(*number);
  watch_time();
}

template <class Reply, class Message>
caf::result<Reply>
remote_inbox_state::ask(Message msg, errc when_lost, uint64_t bytes) {
  if (auto err = check_room(bytes))
    return err;
  auto reply = self_->make_response_promise<Reply>();
  auto tell = [reply](caf::expected<Reply> x) mutable {
    reply.deliver(std::move(x));
  };
  begin<Reply>(std::move(msg), std::move(tell), when_lost, bytes,
               config_.request_timeout);
  return reply;
}

} // namespace inbox
