#pragma once

#include "wake_signal.hpp"

#include "../messages/options.hpp"
#include "../messages/wake.hpp"

#include <caf/expected.hpp>

#include <functional>
#include <memory>
#include <vector>

namespace inbox {

/// Where inboxes on one store wake each other, and show that they are there.
/// What goes over it are hints: any may be missed. One thread waits in it;
/// after an error it is of no use any more, and another one has to be opened.
class wake_channel {
public:
  virtual ~wake_channel();

  /// Tells the others what `of_this` has for them, and blocks until there is
  /// news: what others have told, a change of `present`, the end of `of_this`.
  [[nodiscard]] virtual caf::expected<std::vector<wake_up>>
  wait(wake_signal& of_this) = 0;

  /// Tells whether others can see in the store that this inbox is there:
  /// `store::look_for`.
  [[nodiscard]] virtual bool present() const = 0;
};

using wake_channel_ptr = std::unique_ptr<wake_channel>;

/// Connects.
using wake_channel_opener = std::function<caf::expected<wake_channel_ptr>()>;

/// Returns how to open the channel of a store, for an inbox whose leases are
/// under `owner`; null if it has none, or is not to use it. Fails with
/// `errc::invalid` for a "store.listen_url" that names no PostgreSQL.
[[nodiscard]] caf::expected<wake_channel_opener>
find_wake_channel(const store_options& options, const uuid& owner);

} // namespace inbox
