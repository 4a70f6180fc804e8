#include "outcome.hpp"

#include "enum_names.hpp"
#include "utf8.hpp"

#include <utility>

namespace inbox {

namespace {

constexpr enum_name<verdict> names[] = {
  {verdict::done, "done"},         {verdict::failed, "failed"},
  {verdict::dead, "dead"},         {verdict::snoozed, "snoozed"},
  {verdict::released, "released"},
};

} // namespace

std::string to_string(verdict x) {
  return name_of(names, x);
}

bool from_string(std::string_view str, verdict& x) {
  return value_of(names, str, x);
}

bool from_integer(uint8_t value, verdict& x) {
  return value_of(names, value, x);
}

outcome done() {
  return {};
}

outcome done(std::vector<sql_effect> effects, std::vector<event> events) {
  outcome result;
  result.effects = std::move(effects);
  result.events = std::move(events);
  return result;
}

outcome failed(std::string message) {
  return {verdict::failed, std::move(message), {}, {}, {}};
}

outcome dead(std::string message) {
  return {verdict::dead, std::move(message), {}, {}, {}};
}

outcome snoozed(timespan delay) {
  return {verdict::snoozed, {}, delay, {}, {}};
}

std::string storable(std::string message) {
  for (size_t i = 0; i < message.size() && i < max_message_bytes;) {
    auto n = utf8_sequence(std::string_view{message}.substr(i));
    if (n == 0 || message[i] == '\0') {
      message[i] = '?';
      n = 1;
    }
    if (i + n > max_message_bytes) {
      message.resize(i); // do not cut a character in two
      break;
    }
    i += n;
  }
  if (message.size() > max_message_bytes)
    message.resize(max_message_bytes);
  return message;
}

} // namespace inbox
