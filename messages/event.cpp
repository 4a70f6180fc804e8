#include "event.hpp"

#include "error.hpp"
#include "options.hpp"
#include "utf8.hpp"

#include <tuple>
#include <utility>

namespace inbox {

namespace {

using std::chrono::seconds;

// 0001-01-01T00:00:00Z, and the first moment after the year 9999.
constexpr auto first_date = timestamp{seconds{-62135596800}};
constexpr auto end_date = timestamp{seconds{253402300800}};

caf::error invalid(std::string field, std::string text) {
  return make_error(errc::invalid, std::move(field), std::move(text));
}

size_t bytes_of_headers(const event& x) {
  size_t result = 0;
  for (auto& [name, value] : x.headers)
    result += name.size() + value.size();
  return result;
}

caf::error check_headers(const std::string& field, const event& x) {
  for (auto& [name, value] : x.headers) {
    if (auto err = check_name(field, name))
      return err;
    if (!is_text(value))
      return invalid(field,
                     "value of \"" + name + "\" holds a NUL or is not UTF-8");
  }
  if (auto total = bytes_of_headers(x); total > max_headers_bytes)
    return invalid(field, "has " + std::to_string(total)
                            + " bytes, the limit is "
                            + std::to_string(max_headers_bytes));
  return {};
}

caf::error check_cause(const std::string& field, const event& x) {
  if (x.cause && x.cause->is_nil())
    return invalid(field, "must not be the nil UUID");
  if (x.cause == x.id)
    return invalid(field, "must not be the event itself");
  return {};
}

caf::error check_event(const std::string& name, const event& x,
                       size_t payload_limit) {
  if (x.id.is_nil())
    return invalid(name + ".id", "must not be the nil UUID");
  if (auto err = check_name(name + ".type", x.type))
    return err;
  if (x.payload.size() > payload_limit)
    return invalid(name + ".payload", "has " + std::to_string(x.payload.size())
                                        + " bytes, the limit is "
                                        + std::to_string(payload_limit));
  if (x.date && (*x.date < first_date || *x.date >= end_date))
    return invalid(name + ".date", "is not within the years 1 to 9999");
  if (x.ordering_key)
    if (auto err = check_name(name + ".ordering_key", *x.ordering_key))
      return err;
  if (auto err = check_headers(name + ".headers", x))
    return err;
  return check_cause(name + ".cause", x);
}

} // namespace

bool operator==(const event& x, const event& y) {
  auto tie = [](const event& e) {
    return std::tie(e.id, e.type, e.payload, e.date, e.ordering_key, e.headers,
                    e.cause);
  };
  return tie(x) == tie(y);
}

size_t bytes_of(const event& x) {
  return x.payload.size() + bytes_of_headers(x);
}

caf::expected<event> make_event(uuid id, std::string type, payload content,
                                std::optional<timestamp> date) {
  event result;
  result.id = id;
  result.type = std::move(type);
  result.payload = std::move(content);
  result.date = date;
  if (auto err = check(result, options{}.payload_limit))
    return err;
  return result;
}

caf::error check(const event& x, size_t payload_limit) {
  return check_event("event", x, payload_limit);
}

caf::error check(const std::vector<event>& xs, size_t payload_limit) {
  for (size_t i = 0; i < xs.size(); ++i)
    if (check(xs[i], payload_limit))
      return check_event("events[" + std::to_string(i) + "]", xs[i],
                         payload_limit);
  return {};
}

caf::error check_name(const std::string& field, const std::string& value) {
  if (value.empty())
    return invalid(field, "must not be empty");
  if (value.size() > max_name_bytes)
    return invalid(field, "has " + std::to_string(value.size())
                            + " bytes, the limit is "
                            + std::to_string(max_name_bytes));
  if (!is_text(value))
    return invalid(field, "holds a NUL or is not UTF-8");
  return {};
}

} // namespace inbox
