#include "event_pack.hpp"

#include "../headers_json.hpp"

#include <optional>
#include <string>

namespace inbox::postgres {

namespace {

const auto most = std::to_string(most_packed_bytes);

// Each event: its number, id and the length of its payload, and the payload. If
// it has anything else, that comes before the payload, as the server sends a
// row, and -1 less the length stands for the length.
const std::string text = R"(
  select p.*
  from unnest($1::bigint[], $2::bigint[]) as r(first, last)
  cross join lateral (
    select string_agg(
      int8send(seq) || uuid_send(id)
      || case
           when date is null and ordering_key is null and headers is null
                and cause is null
             then int4send(octet_length(payload))
           else int4send(-1 - octet_length(payload))
                || record_send(row(date, ordering_key, headers, cause))
         end || payload, ''::bytea)
    from {p}_event
    where seq between r.first and r.last
      and octet_length(payload) <= )"
                         + most + R"(
      and (headers is null
           or pg_column_size(headers) <= )"
                         + most + R"(
              and pg_column_compression(headers) is null)
  ) p)";

/// Takes values off the front of a text.
class reader {
public:
  explicit reader(std::string_view& from) : rest_{from} {
    // nop
  }

  [[nodiscard]] bool bytes(size_t n, std::string_view& to) {
    if (n > rest_.size())
      return false;
    to = rest_.substr(0, n);
    rest_.remove_prefix(n);
    return true;
  }

  template <class T>
  [[nodiscard]] bool value(size_t n, T& to) {
    std::string_view form;
    return bytes(n, form) && get(form, to);
  }

  [[nodiscard]] bool number(int32_t& to) {
    return value(sizeof(to), to);
  }

  /// A column of a row: its type, its length, which is -1 for null, and it.
  template <class T>
  [[nodiscard]] bool column(std::optional<T>& to) {
    int32_t type = 0;
    int32_t length = 0;
    if (!number(type) || static_cast<type_oid>(type) != oid_of<T>::value
        || !number(length) || length < -1)
      return false;
    return length == -1 || value(static_cast<size_t>(length), to.emplace());
  }

private:
  std::string_view& rest_;
};

/// Reads the row of what most events do not have.
bool read_rest(reader& from, event& to) {
  int32_t columns = 0;
  std::optional<std::string_view> key;
  std::optional<json> headers;
  if (!from.number(columns) || columns != 4 || !from.column(to.date)
      || !from.column(key) || !from.column(headers) || !from.column(to.cause))
    return false;
  if (key)
    to.ordering_key.emplace(*key);
  if (headers)
    to.headers = headers_from_json(headers->value);
  return true;
}

} // namespace

const char* packed_events_text() {
  return text.c_str();
}

bool unpack_seq(std::string_view& pack, event_seq& to) {
  return reader{pack}.value(sizeof(to), to);
}

bool unpack(std::string_view& pack, event& to, payload_blocks& payloads) {
  reader from{pack};
  int32_t length = 0;
  if (!from.value(uuid::static_size(), to.id) || !from.number(length))
    return false;
  if (length < 0) {
    length = -1 - length;
    if (!read_rest(from, to))
      return false;
  }
  std::string_view payload;
  if (!from.bytes(static_cast<size_t>(length), payload))
    return false;
  to.payload = payloads.copy(payload);
  return true;
}

} // namespace inbox::postgres
