#include "wire.hpp"

#include "../micros.hpp"

#include <algorithm>
#include <cstring>
#include <limits>

namespace inbox::postgres {

namespace {

/// PostgreSQL counts microseconds from 2000-01-01.
constexpr int64_t epoch = 946'684'800'000'000;

/// First byte of every `jsonb`, the version of its format.
constexpr char json_version = 1;

template <class T>
bool read_integer(std::string_view in, T& x) {
  if (in.size() != sizeof(T))
    return false;
  x = get_integer<T>(in);
  return true;
}

} // namespace

void put(std::string& out, bool x) {
  out += x ? '\1' : '\0';
}

void put(std::string& out, int16_t x) {
  put_integer(out, x);
}

void put(std::string& out, int32_t x) {
  put_integer(out, x);
}

void put(std::string& out, int64_t x) {
  put_integer(out, x);
}

void put(std::string& out, double x) {
  uint64_t form = 0;
  static_assert(sizeof(form) == sizeof(x));
  std::memcpy(&form, &x, sizeof(form));
  put_integer(out, form);
}

void put(std::string& out, const uuid& x) {
  out.append(reinterpret_cast<const char*>(x.data), uuid::static_size());
}

void put(std::string& out, std::string_view x) {
  out += x;
}

void put(std::string& out, bytes x) {
  out += x.value;
}

void put(std::string& out, json x) {
  out += json_version;
  out += x.value;
}

void put(std::string& out, timestamp x) {
  // The ends of the range mean "infinity" to the server.
  auto low = std::numeric_limits<int64_t>::min() + epoch;
  put_integer(out, std::max(to_number(x), low) - epoch);
}

void put(std::string& out, timespan x) {
  // An interval has days and months besides, which have no fixed length.
  put_integer(out, int64_t{micros(x).count()});
  put_integer(out, int32_t{0});
  put_integer(out, int32_t{0});
}

bool get(std::string_view in, bool& x) {
  if (in.size() != 1)
    return false;
  x = in.front() != '\0';
  return true;
}

bool get(std::string_view in, int16_t& x) {
  return read_integer(in, x);
}

bool get(std::string_view in, int32_t& x) {
  return read_integer(in, x);
}

bool get(std::string_view in, int64_t& x) {
  return read_integer(in, x);
}

bool get(std::string_view in, uuid& x) {
  if (in.size() != uuid::static_size())
    return false;
  std::copy(in.begin(), in.end(), reinterpret_cast<char*>(x.data));
  return true;
}

bool get(std::string_view in, std::string& x) {
  x = in;
  return true;
}

bool get(std::string_view in, std::string_view& x) {
  x = in;
  return true;
}

bool get(std::string_view in, json& x) {
  if (in.empty() || in.front() != json_version)
    return false;
  x.value = in.substr(1);
  return true;
}

bool get(std::string_view in, timestamp& x) {
  int64_t count = 0;
  if (!read_integer(in, count))
    return false;
  constexpr auto high = std::numeric_limits<int64_t>::max() - epoch;
  x = to_timestamp(std::min(count, high) + epoch);
  return true;
}

bool get(std::string_view in, std::vector<int64_t>& x) {
  // Dimensions, whether there are nulls, type, size, index of the first one.
  constexpr size_t head = 5 * sizeof(int32_t);
  constexpr size_t entry = sizeof(int32_t) + sizeof(int64_t);
  auto field = [&in](size_t n) {
    return get_integer<uint32_t>(in.substr(n * 4, 4));
  };
  x.clear();
  if (in.size() == 3 * sizeof(int32_t))
    return field(0) == 0; // it has no elements
  if (in.size() < head || field(0) != 1 || field(1) != 0
      || field(2) != oid_of<int64_t>::value
      || in.size() != head + field(3) * entry)
    return false;
  for (in.remove_prefix(head); !in.empty(); in.remove_prefix(entry)) {
    if (get_integer<uint32_t>(in.substr(0, 4)) != sizeof(int64_t))
      return false;
    x.push_back(get_integer<int64_t>(in.substr(4, sizeof(int64_t))));
  }
  return true;
}

} // namespace inbox::postgres
