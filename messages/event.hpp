#pragma once

#include "payload.hpp"
#include "types.hpp"

#include <caf/expected.hpp>

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace inbox {

/// What came in from outside: stored once, delivered to every handler key of
/// its type.
struct event {
  /// Chosen by the sender; a second event with the same id is a duplicate.
  uuid id{};
  /// Decides which handlers get it: 1 to 255 bytes of UTF-8 without NUL.
  std::string type;
  inbox::payload payload;
  /// When it happened, as the sender says; years 1 to 9999.
  std::optional<timestamp> date;
  /// Deliveries of one handler key that share an ordering key go out one after
  /// another, in the order of writing: 1 to 255 bytes of UTF-8 without NUL.
  std::optional<std::string> ordering_key;
  /// Free for the application; limits are those of `check`.
  std::map<std::string, std::string> headers;
  /// The event whose handler emitted this one. The inbox sets it on events in
  /// a handler's answer that have none; who writes by itself may set it. Need
  /// not be in the store, and is kept when the cause is erased.
  std::optional<uuid> cause;

  template <class Inspector>
  friend bool inspect(Inspector& f, event& x) {
    return f.object(x).fields(f.field("id", x.id), f.field("type", x.type),
                              f.field("payload", x.payload),
                              f.field("date", x.date),
                              f.field("ordering_key", x.ordering_key),
                              f.field("headers", x.headers),
                              f.field("cause", x.cause));
  }
};

bool operator==(const event& x, const event& y);

/// Longest event type, handler key, ordering key and header name, in bytes.
constexpr size_t max_name_bytes = 255;

/// Most bytes that all headers of one event may have together.
constexpr size_t max_headers_bytes = 64 * 1024;

/// Returns the bytes of what can be large: payload and headers.
[[nodiscard]] size_t bytes_of(const event& x);

/// Makes an event and checks it as `check` does, with the default limit of the
/// payload's size.
[[nodiscard]] caf::expected<event>
make_event(uuid id, std::string type, payload content,
           std::optional<timestamp> date = std::nullopt);

/// Returns an `errc::invalid` error that names the first bad field ("event.id",
/// "event.type", "event.payload", "event.date", "event.ordering_key",
/// "event.headers", "event.cause"), or no error.
[[nodiscard]] caf::error check(const event& x, size_t payload_limit);

/// Checks every event; a bad one is named by its position: "events[3].type".
[[nodiscard]] caf::error check(const std::vector<event>& xs,
                               size_t payload_limit);

/// Checks an event type, handler key or ordering key and names it `field`.
[[nodiscard]] caf::error check_name(const std::string& field,
                                    const std::string& value);

} // namespace inbox
