#pragma once

#include "function_handler.hpp"
#include "handler.hpp"

#include <caf/actor.hpp>
#include <caf/error.hpp>

#include <map>
#include <string>
#include <utility>
#include <vector>

namespace inbox {

/// How the deliveries of one handler key are run.
struct handler_options {
  /// Most deliveries that it has at a time: threads of a function, or requests
  /// to an actor. 1 to 1,000.
  uint32_t concurrency = 1;
};

/// The handlers that an inbox starts with. More can be registered later, by
/// `register_handler` messages.
class registry {
public:
  /// One handler: a function of one kind, or an actor if `actor` is valid.
  struct entry {
    std::string event_type;
    std::string handler_key;
    handler_function function;
    caf::actor actor;
    handler_options options;
    transactional_function transactional = {};
  };

  /// Makes `f` process events of `event_type` under `handler_key`. `f` takes
  /// `const delivery&`, and `transaction&` if it runs statements of its own,
  /// and returns an `outcome`, a `caf::error` or nothing.
  /// Returns an `errc::invalid` error and changes nothing if the key has a
  /// handler for this type already (the first one stays) or a name is bad.
  template <class F>
  [[nodiscard]] caf::error on(std::string event_type, std::string handler_key,
                              F f, handler_options options = {}) {
    entry x{std::move(event_type), std::move(handler_key), {}, {}, options};
    if constexpr (is_transactional_v<F>)
      x.transactional
        = with_outcome<const delivery&, transaction&>(std::move(f));
    else
      x.function = make_handler_function(std::move(f));
    return add(std::move(x));
  }

  /// Likewise for an actor, here or on another node, that answers
  /// `handle_event` with `outcome`.
  [[nodiscard]] caf::error on_actor(std::string event_type,
                                    std::string handler_key, caf::actor handler,
                                    handler_options options = {});

  /// Returns the handler keys of every event type, in order of registration.
  [[nodiscard]] std::map<std::string, std::vector<std::string>>
  handlers() const;

  [[nodiscard]] const std::vector<entry>& entries() const noexcept {
    return entries_;
  }

private:
  caf::error add(entry x);

  std::vector<entry> entries_;
};

/// Checks what `registry` and `register_handler` have in common.
[[nodiscard]] caf::error check_handler(const std::string& event_type,
                                       const std::string& handler_key,
                                       uint32_t concurrency);

} // namespace inbox
