#pragma once

#include "../messages/error.hpp"

#include <exception>

namespace inbox {

/// Calls what reaches a store and answers a `caf::expected`: what it throws,
/// for want of memory or by a defect, is an answer too.
template <class F>
auto guarded(F&& f) -> decltype(f()) {
  try {
    return f();
  } catch (const std::exception& e) {
    return make_error(errc::storage_failed, "store", e.what());
  }
}

} // namespace inbox
