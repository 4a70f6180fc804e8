#pragma once

#include <memory>

namespace spdlog {

class logger;

} // namespace spdlog

namespace inbox {

using logger_ptr = std::shared_ptr<spdlog::logger>;

/// Returns `given`, or the default logger "caf-inbox" (standard error, level
/// "warn") if there is none.
///
/// Every line begins with a stable event name, followed by key=value pairs. No
/// line holds a payload, a header or a password.
[[nodiscard]] logger_ptr use_logger(logger_ptr given);

} // namespace inbox
