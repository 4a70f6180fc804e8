#pragma once

#include "function_jobs.hpp"
#include "handler.hpp"

#include "../storage/open_store.hpp"

#include <cstdint>
#include <functional>
#include <memory>

namespace inbox {

/// Asks whether an attempt may still commit, which may then take so long and is
/// no cause to take it for stuck meanwhile.
using commit_permit = std::function<bool(timespan patience)>;

/// Runs a handler's function for one job, on the thread of its worker, and
/// throws nothing that the function does.
using function_runner
  = std::function<function_result(function_jobs::job&, const commit_permit&)>;

/// Runs `f`, which is shared by the workers of a handler: they may call it at
/// the same time.
[[nodiscard]] function_runner
make_runner(std::shared_ptr<const handler_function> f);

/// What a function with a transaction needs to have one.
struct transaction_settings {
  store_opener open;
  /// Of the events that it emits.
  uint64_t payload_limit = 0;
  /// How long the store may take for the commit.
  timespan patience{};
};

/// Runs `f` and ends the attempts whose transaction it has used in that. Has a
/// connection of its own, from the first use on. On failure of the store before
/// the commit: the attempt has failed. On loss of the answer to that: says so.
[[nodiscard]] function_runner
make_runner(std::shared_ptr<const transactional_function> f,
            transaction_settings config);

} // namespace inbox
