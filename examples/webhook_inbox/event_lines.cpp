#include "event_lines.hpp"

#include "json_text.hpp"

#include <boost/uuid/string_generator.hpp>
#include <nlohmann/json.hpp>

#include <stdexcept>

namespace {

using nlohmann::json;

// Room for the deepest real payloads, and far from the end of the stack.
constexpr int max_depth = 200;

caf::error invalid(std::string field, std::string text) {
  return inbox::make_error(inbox::errc::invalid, std::move(field),
                           std::move(text));
}

bool read_uuid(const std::string& text, inbox::uuid& x) {
  // The generator would take braces and undashed forms as well.
  if (text.size() != 36 || text[8] != '-' || text[13] != '-' || text[18] != '-'
      || text[23] != '-')
    return false;
  try {
    x = boost::uuids::string_generator{}(text);
    return true;
  } catch (const std::runtime_error&) {
    return false;
  }
}

json parse(const std::string& line) {
  if (line.front() == '\xEF')
    return json(json::value_t::discarded); // the parser would skip a BOM
  auto too_deep = false;
  auto bound = [&too_deep](int depth, json::parse_event_t, json&) {
    too_deep = too_deep || depth > max_depth;
    return !too_deep; // drops what is deeper
  };
  auto value = json::parse(line, bound, false);
  return too_deep ? json(json::value_t::discarded) : value;
}

} // namespace

caf::expected<inbox::event> parse_event_line(const std::string& line) {
  auto value = line.empty() ? json(json::value_t::discarded) : parse(line);
  if (value.is_discarded())
    return invalid("line", "is no JSON, or is nested too deeply");
  if (!value.is_object())
    return invalid("line", "is no JSON object");
  auto id = value.find("id");
  if (id == value.end() || !id->is_string())
    return invalid("id", "is missing or no text");
  inbox::uuid uuid{};
  if (!read_uuid(id->get_ref<const std::string&>(), uuid))
    return invalid("id", "is no UUID");
  auto type = value.find("event_type");
  if (type == value.end() || !type->is_string())
    return invalid("event_type", "is missing or no text");
  auto content = value.find("payload");
  if (content == value.end())
    return invalid("payload", "is missing");
  return inbox::make_event(uuid, type->get<std::string>(),
                           content->is_string()
                             ? content->get<std::string>()
                             : std::string{member_text(line, "payload")});
}
