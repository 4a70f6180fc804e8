#pragma once

#include "../../messages/types.hpp"

#include <boost/endian/conversion.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace inbox::postgres {

/// Number of a PostgreSQL type, fixed for the built-in ones.
using type_oid = uint32_t;

/// Text for a `bytea`: any bytes.
struct bytes {
  std::string_view value;
};

/// Text for a `jsonb`.
struct json {
  std::string_view value;
};

/// Writes an integer with its most significant byte first.
template <class T>
void set_integer(char* to, T x) {
  boost::endian::endian_store<T, sizeof(T), boost::endian::order::big>(
    reinterpret_cast<unsigned char*>(to), x);
}

/// Appends an integer in the same form.
template <class T>
void put_integer(std::string& out, T x) {
  char form[sizeof(T)];
  set_integer(form, x);
  out.append(form, sizeof(T));
}

/// Reverses `put_integer` for a text of the right length.
template <class T>
[[nodiscard]] T get_integer(std::string_view in) {
  return boost::endian::endian_load<T, sizeof(T), boost::endian::order::big>(
    reinterpret_cast<const unsigned char*>(in.data()));
}

/// Appends the binary form of a value, without its length.
void put(std::string& out, bool x);
void put(std::string& out, int16_t x);
void put(std::string& out, int32_t x);
void put(std::string& out, int64_t x);
void put(std::string& out, double x);
void put(std::string& out, const uuid& x);
void put(std::string& out, std::string_view x);
void put(std::string& out, bytes x);
void put(std::string& out, json x);
void put(std::string& out, timestamp x);
void put(std::string& out, timespan x);

/// Reads the binary form of a value; false if `in` cannot be one.
[[nodiscard]] bool get(std::string_view in, bool& x);
[[nodiscard]] bool get(std::string_view in, int16_t& x);
[[nodiscard]] bool get(std::string_view in, int32_t& x);
[[nodiscard]] bool get(std::string_view in, int64_t& x);
[[nodiscard]] bool get(std::string_view in, uuid& x);
[[nodiscard]] bool get(std::string_view in, std::string& x);
/// Valid as long as what `in` is a part of.
[[nodiscard]] bool get(std::string_view in, std::string_view& x);
/// The text is a part of `in`; whether it is JSON is not looked at.
[[nodiscard]] bool get(std::string_view in, json& x);
[[nodiscard]] bool get(std::string_view in, timestamp& x);
/// Of an array without nulls.
[[nodiscard]] bool get(std::string_view in, std::vector<int64_t>& x);

/// Types of a C++ type's values and of arrays of them.
template <class T>
struct oid_of;

template <type_oid Value, type_oid Array>
struct oid_pair {
  static constexpr type_oid value = Value;
  static constexpr type_oid array = Array;
};

template <>
struct oid_of<bool> : oid_pair<16, 1000> {};

template <>
struct oid_of<int16_t> : oid_pair<21, 1005> {};

template <>
struct oid_of<int32_t> : oid_pair<23, 1007> {};

template <>
struct oid_of<int64_t> : oid_pair<20, 1016> {};

template <>
struct oid_of<double> : oid_pair<701, 1022> {};

template <>
struct oid_of<uuid> : oid_pair<2950, 2951> {};

template <>
struct oid_of<std::string_view> : oid_pair<25, 1009> {};

template <>
struct oid_of<std::string> : oid_of<std::string_view> {};

template <>
struct oid_of<bytes> : oid_pair<17, 1001> {};

template <>
struct oid_of<json> : oid_pair<3802, 3807> {};

template <>
struct oid_of<timestamp> : oid_pair<1184, 1185> {};

template <>
struct oid_of<timespan> : oid_pair<1186, 1187> {};

} // namespace inbox::postgres
