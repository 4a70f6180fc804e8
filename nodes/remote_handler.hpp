#pragma once

#include "interfaces.hpp"

#include <caf/stateful_actor.hpp>
#include <caf/typed_event_based_actor.hpp>
#include <caf/typed_response_promise.hpp>

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>

namespace inbox {

/// Stands for a handler on another node: to the inbox it is a handler like
/// others, and the other node learns of this actor only.
///
/// Receives: `handle_event` from the dispatcher, `monitor_atom` from the
/// registrar once the inbox has it. Sends: the same to the handler, with its
/// deadline. On failure: what the handler answers instead of an outcome is a
/// failure; when the link to its node is lost, all that it had is answered
/// `errc::node_lost`, and this actor ends.
class remote_handler_state {
public:
  static inline const char* name = "inbox.remote_handler";

  remote_handler_state(remote_handler_actor::pointer self, caf::actor handler);

  remote_handler_actor::behavior_type make_behavior();

private:
  using promise = caf::typed_response_promise<outcome>;

  /// From when it is registered: what CAF keeps of this stays as long as the
  /// link to the handler.
  void watch_handler();

  void failed_to_run(uint64_t which, const caf::error& err);

  void deliver(uint64_t which, caf::expected<outcome> result);

  void end();

  remote_handler_actor::pointer self_;
  handler_actor handler_;
  /// Set by CAF when the handler is gone: the message about it could come from
  /// anybody.
  std::shared_ptr<std::atomic<bool>> gone_;
  std::map<uint64_t, promise> open_;
  uint64_t count_ = 0;
  bool watches_ = false;
};

using remote_handler_impl
  = caf::stateful_actor<remote_handler_state, remote_handler_actor::impl>;

} // namespace inbox
