#include "wake_text.hpp"

#include <nlohmann/json.hpp>

namespace inbox::postgres {

namespace {

constexpr size_t most_bytes = 7999;

} // namespace

std::string write_wake_up(const wake_up& x) {
  if (x.event_types.empty())
    return {};
  using json = nlohmann::json;
  auto result
    = json(x.event_types).dump(-1, ' ', false, json::error_handler_t::replace);
  return result.size() > most_bytes ? std::string{} : result;
}

wake_up read_wake_up(std::string_view text) {
  wake_up result;
  auto parsed = nlohmann::json::parse(text, nullptr, false);
  if (!parsed.is_array() || parsed.size() > wake_up::most_types)
    return result;
  for (auto& type : parsed) {
    if (!type.is_string())
      return wake_up{};
    result.event_types.push_back(type.get<std::string>());
  }
  return result;
}

} // namespace inbox::postgres
