#pragma once

#include <libpq-fe.h>

#include <memory>

namespace inbox::postgres {

struct conninfo_deleter {
  void operator()(PQconninfoOption* xs) const noexcept {
    PQconninfoFree(xs);
  }
};

/// Owns a list of libpq's connection parameters, which ends with one that has
/// no keyword.
using conninfo = std::unique_ptr<PQconninfoOption[], conninfo_deleter>;

} // namespace inbox::postgres
