#pragma once

#include "clock.hpp"

#include <functional>
#include <string>
#include <vector>

namespace inbox::postgres {

/// What a name stands for: addresses as numbers, or why there are none.
struct found_addresses {
  std::vector<std::string> addresses;
  std::string error;
};

/// Looks a host's name up, for as long as that takes. May be called on any
/// thread, and outlive whoever wanted to know.
using resolver = std::function<found_addresses(const std::string& name)>;

/// Asks the system, which has time limits of its own (resolv.conf).
[[nodiscard]] found_addresses resolve(const std::string& name);

/// Tells whether there is nothing to look up: an address, or a socket's path.
[[nodiscard]] bool is_resolved(const std::string& name);

/// Looks a name up until a deadline. The system's function cannot be
/// interrupted, so it gets a thread, which is left to itself when it is late.
[[nodiscard]] found_addresses look_up(const resolver& how,
                                      const std::string& name, deadline until);

} // namespace inbox::postgres
