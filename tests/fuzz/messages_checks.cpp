#include "messages_checks.hpp"

#include "fuzz.hpp"

#include "../../storage/headers_json.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace inbox::fuzz {

namespace {

/// Says what a text is that all stores can hold, by another one's UTF-8.
bool is_storable(const std::string& text) {
  using nlohmann::json;
  auto escaped = json(text).dump(-1, ' ', false, json::error_handler_t::ignore);
  return json::parse(escaped) == text && text.find('\0') == std::string::npos;
}

bool is_name(const std::string& text) {
  return !text.empty() && text.size() <= 255 && is_storable(text);
}

template <class Enum>
void check_enum(Enum x) {
  Enum copy{};
  require(from_string(to_string(x), copy) && copy == x,
          "an enum has one of its values");
}

} // namespace

void check_value(errc x) {
  check_enum(x);
}

void check_value(status x) {
  check_enum(x);
}

void check_value(verdict x) {
  check_enum(x);
}

void check_value(write_result x) {
  check_enum(x);
}

void check_value(const event& x) {
  constexpr size_t limit = 100;
  auto err = check(x, limit);
  if (err) {
    require(code_of(err) == errc::invalid, "a bad event is invalid");
    require(field_of(err).rfind("event.", 0) == 0, "a bad field is named");
    require(is_storable(describe(err)), "the error can be stored");
    return;
  }
  require(!x.id.is_nil() && is_name(x.type) && x.payload.size() <= limit,
          "a checked event has good fields");
  require(!x.ordering_key || is_name(*x.ordering_key),
          "a checked event has a good ordering key");
  for (auto& [name, value] : x.headers)
    require(is_name(name) && is_storable(value),
            "a checked event has good headers");
  if (auto json = headers_to_json(x.headers))
    require(headers_from_json(*json) == x.headers, "a store keeps the headers");
}

void check_value(const outcome& x) {
  check_enum(x.verdict);
  auto message = storable(x.message);
  require(is_storable(message) && message.size() <= max_message_bytes,
          "a handler's message can be stored");
  require(message == x.message || !is_storable(x.message)
            || x.message.size() > max_message_bytes,
          "a good message is stored as it is");
}

void check_value(const delivery_info& x) {
  check_enum(x.status);
}

void check_value(const settlement& x) {
  check_enum(x.verdict);
}

void check_value(const claimed_deliveries& x) {
  for (auto& entry : x.claimed)
    check_value(entry.event);
}

void check_value(const dispatch_deliveries& x) {
  for (auto& entry : x.deliveries)
    check_value(entry.event);
}

void check_value(const error_occurred& x) {
  auto text = describe(x.reason);
  require(!text.empty(), "an error has a text");
  if (auto code = code_of(x.reason); code != errc{})
    check_enum(code);
}

void check_value(const event_record& x) {
  if (x.event)
    check_value(*x.event);
  for (auto& entry : x.deliveries)
    check_value(entry);
}

void check_value(const function_job& x) {
  check_value(x.request);
}

void check_value(const handle_event& x) {
  check_value(x.event);
}

void check_value(const handle_events& x) {
  for (auto& entry : x.jobs)
    check_value(entry);
}

void check_value(const handled_event& x) {
  check_value(x.result);
}

void check_value(const handled_events& x) {
  for (auto& entry : x.ended)
    check_value(entry);
}

void check_value(const settle_deliveries& x) {
  for (auto& entry : x.settlements)
    check_value(entry);
}

void check_value(const ended_attempt& x) {
  check_value(x.settlement);
}

void check_value(const settle_attempts& x) {
  for (auto& entry : x.ends)
    check_value(entry);
}

void check_value(const write_events& x) {
  for (auto& entry : x.events)
    check_value(entry);
  if (auto err = check(x.events, 100))
    require(field_of(err).rfind("events[", 0) == 0, "a bad event is named");
}

void check_value(const written_events& x) {
  for (auto& entry : x.receipts)
    check_enum(entry.result);
}

} // namespace inbox::fuzz
