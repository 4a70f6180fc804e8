#include "error.hpp"

#include "enum_names.hpp"

#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/message.hpp>

#include <type_traits>
#include <utility>

namespace inbox {

namespace {

constexpr enum_name<errc> names[] = {
  {errc::invalid, "invalid"},
  {errc::busy, "busy"},
  {errc::connection_lost, "connection_lost"},
  {errc::outcome_unknown, "outcome_unknown"},
  {errc::timeout, "timeout"},
  {errc::schema_mismatch, "schema_mismatch"},
  {errc::lease_lost, "lease_lost"},
  {errc::stopped, "stopped"},
  {errc::handler_stuck, "handler_stuck"},
  {errc::handler_down, "handler_down"},
  {errc::node_lost, "node_lost"},
  {errc::storage_failed, "storage_failed"},
};

// An error may come from another node, and then its category may be any number
// and its context any value. CAF's `to_string` takes the code for an object of
// the category's type, whichever that is, and does the same to an error that is
// in the context.

/// Returns a reader or writer of CAF. Version 0.18 wants a context, in place of
/// which there may be none; 1.x knows of no such thing.
template <class T, class Buffer>
T on(Buffer& bytes) {
  if constexpr (std::is_constructible_v<T, Buffer&>)
    return T{bytes};
  else
    return T{nullptr, bytes};
}

/// Returns the name of a code of any category.
std::string name_of_code(const caf::error& err) {
  auto type = caf::query_type_name(err.category());
  std::string number = std::to_string(err.code());
  if (type.empty())
    return "unknown error " + number;
  // Read as the content of a message, the code has to be a value of the type.
  caf::byte_buffer buffer;
  auto to = on<caf::binary_serializer>(buffer);
  caf::message value;
  if (to.begin_sequence(1) && to.value(err.category())
      && to.value(err.code())) {
    auto from = on<caf::binary_deserializer>(buffer);
    if (from.apply(value) && from.remaining() == 0) {
      auto text = to_string(value);
      auto begin = text.find('(') + 1;
      return text.substr(begin, text.rfind(')') - begin);
    }
  }
  return std::string{type.begin(), type.end()} + " " + number;
}

template <class T>
bool append_as(std::string& to, const caf::message& from, size_t i) {
  if (from.type_at(i) != caf::type_id_v<T>)
    return false;
  to += caf::deep_to_string(from.get_as<T>(i));
  return true;
}

/// Returns the elements of a context, of which only texts and numbers are what
/// errors explain themselves with.
std::string text_of_context(const caf::message& context) {
  std::string result;
  for (size_t i = 0; i < context.size(); ++i) {
    result += i == 0 ? "(" : ", ";
    if (!append_as<std::string>(result, context, i)
        && !append_as<int32_t>(result, context, i)
        && !append_as<int64_t>(result, context, i)
        && !append_as<uint16_t>(result, context, i)
        && !append_as<uint64_t>(result, context, i))
      result += "...";
  }
  return context.empty() ? result : result + ")";
}

bool has_our_context(const caf::error& err) {
  return err.context().match_elements<std::string, std::string>();
}

} // namespace

std::string to_string(errc x) {
  return name_of(names, x);
}

bool from_string(std::string_view str, errc& x) {
  return value_of(names, str, x);
}

bool from_integer(uint8_t value, errc& x) {
  return value_of(names, value, x);
}

caf::error make_error(errc code, std::string field, std::string text) {
  return caf::error{code, caf::make_message(std::move(field), std::move(text))};
}

errc code_of(const caf::error& err) {
  auto result = errc{};
  if (err && err.category() == caf::type_id_v<errc>)
    from_integer(err.code(), result);
  return result;
}

std::string field_of(const caf::error& err) {
  if (code_of(err) == errc{} || !has_our_context(err))
    return {};
  return err.context().get_as<std::string>(0);
}

std::string describe(const caf::error& err) {
  if (!err)
    return "no error";
  if (code_of(err) == errc{} || !has_our_context(err))
    return name_of_code(err) + text_of_context(err.context());
  return to_string(code_of(err)) + ": " + err.context().get_as<std::string>(0)
         + ": " + err.context().get_as<std::string>(1);
}

bool is_transient(const caf::error& err) {
  switch (code_of(err)) {
    case errc::busy:
    case errc::connection_lost:
    case errc::outcome_unknown:
    case errc::timeout:
      return true;
    default:
      return false;
  }
}

} // namespace inbox
