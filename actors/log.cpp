#include "log.hpp"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace inbox {

logger_ptr use_logger(logger_ptr given) {
  if (given)
    return given;
  // Not registered with spdlog: the name belongs to the application.
  static const auto fallback = [] {
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    auto result = std::make_shared<spdlog::logger>("caf-inbox", sink);
    result->set_level(spdlog::level::warn);
    return result;
  }();
  return fallback;
}

} // namespace inbox
