#pragma once

#include "../wake_channel.hpp"

namespace inbox::postgres {

/// Connects, listens, and takes the lock of the owner. Fails with
/// `errc::invalid` naming "options.store.listen_url" where a pooler is in
/// between: the server's session is not this connection's then, so that nothing
/// could be heard, and the lock would be anybody's.
[[nodiscard]] caf::expected<wake_channel_ptr>
open_wake_channel(const store_options& options, const uuid& owner);

} // namespace inbox::postgres
