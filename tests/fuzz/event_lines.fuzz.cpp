// An event line of the example's input, as any sender may write it.

#include "fuzz.hpp"

#include "../../examples/webhook_inbox/event_lines.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <cctype>

namespace inbox::fuzz {

namespace {

using nlohmann::json;

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return std::tolower(c); });
  return text;
}

void check_refusal(const caf::error& err) {
  auto field = field_of(err);
  require(code_of(err) == errc::invalid, "a line is refused as invalid");
  require(field == "line" || field == "id" || field == "payload"
            || field.rfind("event", 0) == 0,
          "the error names the field");
}

/// Compares with what a parser makes of the line.
void check_event(const event& x, const std::string& line) {
  require(!check(x, options{}.payload_limit), "the event passes the check");
  auto value = json::parse(line, nullptr, false);
  require(value.is_object(), "only a JSON object is an event");
  require(value["id"].is_string() && value["event_type"].is_string(),
          "id and type are texts");
  require(to_string(x.id) == lower(value["id"].get<std::string>()),
          "the id is that of the line");
  require(x.type == value["event_type"].get<std::string>(),
          "the type is that of the line");
  auto& content = value["payload"];
  if (content.is_string()) {
    require(x.payload.view() == content.get<std::string>(),
            "a text is taken as it is");
  } else {
    require(holds(line, x.payload.view()), "a value is taken from the line");
    require(json::parse(x.payload.view(), nullptr, false) == content,
            "a value is taken whole");
  }
}

} // namespace

void run(std::string_view input) {
  std::string line{input};
  auto event = parse_event_line(line);
  if (event)
    check_event(*event, line);
  else
    check_refusal(event.error());
}

} // namespace inbox::fuzz
