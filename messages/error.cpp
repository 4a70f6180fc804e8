#include "error.hpp"

#include "enum_names.hpp"

#include <caf/message.hpp>

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
  {errc::storage_failed, "storage_failed"},
};

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
  if (err && err.category() == caf::type_id_v<errc>)
    return static_cast<errc>(err.code());
  return errc{};
}

std::string field_of(const caf::error& err) {
  if (code_of(err) == errc{}
      || !err.context().match_elements<std::string, std::string>())
    return {};
  return err.context().get_as<std::string>(0);
}

std::string describe(const caf::error& err) {
  if (!err)
    return "no error";
  if (code_of(err) == errc{}
      || !err.context().match_elements<std::string, std::string>())
    return to_string(err);
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
