#pragma once

#include "payload.hpp"
#include "types.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

namespace inbox {

/// A text that is JSON.
struct json_text {
  std::string value;

  friend bool operator==(const json_text& x, const json_text& y) {
    return x.value == y.value;
  }
};

/// A typed parameter of a statement:
///
/// | here | PostgreSQL | SQLite |
/// |---|---|---|
/// | `nullptr` | null of any type | null |
/// | `bool` | boolean | integer 0 or 1 |
/// | an integer | bigint | integer |
/// | a floating-point number | double precision | real |
/// | a text | text | text |
/// | `payload` | bytea | blob |
/// | `timestamp` | timestamptz | integer, microseconds since 1970 |
/// | `uuid` | uuid | blob of 16 bytes |
/// | `json_text` | jsonb | text |
class sql_value {
public:
  using content
    = std::variant<std::nullptr_t, bool, int64_t, double, std::string, payload,
                   timestamp, uuid, json_text>;

  sql_value() = default;

  sql_value(std::nullptr_t) {
    // nop
  }

  sql_value(bool x) : content_{x} {
    // nop
  }

  /// No wider one than 64 bits; an unsigned one of 64 bits is refused, since
  /// its upper half has no place in either database.
  template <class T, class = std::enable_if_t<std::is_integral_v<T>>>
  sql_value(T x) : content_{static_cast<int64_t>(x)} {
    static_assert(sizeof(T) < sizeof(int64_t) || std::is_signed_v<T>,
                  "a number that may be larger than both databases can hold");
  }

  sql_value(double x) : content_{x} {
    // nop
  }

  sql_value(std::string x) : content_{std::move(x)} {
    // nop
  }

  sql_value(const char* x) : content_{std::string{x}} {
    // nop
  }

  sql_value(payload x) : content_{std::move(x)} {
    // nop
  }

  sql_value(timestamp x) : content_{x} {
    // nop
  }

  sql_value(uuid x) : content_{x} {
    // nop
  }

  sql_value(json_text x) : content_{std::move(x)} {
    // nop
  }

  [[nodiscard]] const content& get() const noexcept {
    return content_;
  }

  friend bool operator==(const sql_value& x, const sql_value& y) {
    return x.content_ == y.content_;
  }

  /// Carries it as its type, a number and bytes. Fails to load what is none of
  /// the types.
  template <class Inspector>
  friend bool inspect(Inspector& f, sql_value& x) {
    parts form;
    if constexpr (Inspector::is_loading) {
      return f.object(x).fields(f.field("type", form.type),
                                f.field("number", form.number),
                                f.field("real", form.real),
                                f.field("bytes", form.bytes))
             && x.put_together(std::move(form));
    } else {
      form = x.take_apart();
      return f.object(x).fields(f.field("type", form.type),
                                f.field("number", form.number),
                                f.field("real", form.real),
                                f.field("bytes", form.bytes));
    }
  }

private:
  struct parts {
    uint8_t type = 0;
    int64_t number = 0;
    double real = 0;
    std::string bytes;
  };

  [[nodiscard]] parts take_apart() const;

  bool put_together(parts x);

  content content_;
};

/// Returns the bytes of what can be large.
[[nodiscard]] size_t bytes_of(const sql_value& x);

} // namespace inbox
