#include "headers.hpp"

#include <nlohmann/json.hpp>

namespace inbox::postgres {

namespace {

std::string dump(const nlohmann::json& x) {
  // `check` lets only UTF-8 pass; should any other come, it must not throw.
  return x.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

} // namespace

std::string to_json(const header_map& headers) {
  return dump(nlohmann::json(headers));
}

bool from_jsonb(std::string_view in, header_map& headers) {
  if (in.empty() || in.front() != 1) // version of the binary form
    return false;
  in.remove_prefix(1);
  auto object = nlohmann::json::parse(in, nullptr, false);
  if (!object.is_object())
    return false;
  for (auto& [name, value] : object.items())
    headers[name] = value.is_string() ? value.get<std::string>() : dump(value);
  return true;
}

} // namespace inbox::postgres
