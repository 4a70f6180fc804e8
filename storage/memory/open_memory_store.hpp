#pragma once

#include "../open_store.hpp"

#include <memory>
#include <string>

namespace inbox {

/// Opens the memory store `name`. All stores of the same name and table prefix
/// in this process share their data, which goes away with the last of them.
[[nodiscard]] caf::expected<store_ptr>
open_memory_store(const std::string& name, const std::string& prefix,
                  time_source now);

/// Returns what keeps the data of a memory store alive while no store of that
/// name is open.
[[nodiscard]] std::shared_ptr<void>
hold_memory_store(const std::string& name, const std::string& prefix);

} // namespace inbox
