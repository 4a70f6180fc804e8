#include "headers_json.hpp"

#include <nlohmann/json.hpp>

namespace inbox {

std::optional<std::string>
headers_to_json(const std::map<std::string, std::string>& headers) {
  if (headers.empty())
    return std::nullopt;
  return nlohmann::json(headers).dump();
}

std::map<std::string, std::string> headers_from_json(std::string_view json) {
  std::map<std::string, std::string> result;
  if (json.empty())
    return result;
  auto parsed = nlohmann::json::parse(json, nullptr, false);
  if (!parsed.is_object())
    return result;
  for (auto& [name, value] : parsed.items())
    if (value.is_string())
      result.emplace(name, value.get<std::string>());
  return result;
}

} // namespace inbox
