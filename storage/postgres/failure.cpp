#include "failure.hpp"

#include "../../messages/error.hpp"

namespace inbox::postgres {

namespace {

bool starts_with(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

constexpr auto undefined_parameter = "42P02";

std::string field(const PGresult* x, int code) {
  const char* value = PQresultErrorField(x, code);
  return value != nullptr ? value : "";
}

} // namespace

errc class_of(std::string_view state) noexcept {
  // Class 25 says that the session or its transaction is not what it was made
  // to be: it only reads since a failover, or an earlier error broke it.
  // Another session mends that.
  if (starts_with(state, "08") || starts_with(state, "57P0")
      || starts_with(state, "25"))
    return errc::connection_lost;
  if (state == "57014")
    return errc::timeout;
  if (state == "55P03" || state == "40001" || state == "40P01"
      || state == "53200" || state == "53300")
    return errc::busy;
  // A table, schema or column is missing, of another type, or in the way: these
  // are not the tables of this code.
  if (state == "42P01" || state == "3F000" || state == "42703"
      || state == "42804" || state == "42883" || state == "42P07")
    return errc::schema_mismatch;
  // The values of this call are refused, whatever else is in the database: bad
  // data, a limit of the server, a null, a check that somebody added. The rest
  // of class 23 is about other rows (a key that is there already or is missing)
  // that may come and go, so there the call is not to blame.
  if (starts_with(state, "22") || starts_with(state, "54") || state == "23502"
      || state == "23514")
    return errc::invalid;
  return errc::storage_failed;
}

bool blames_statement(std::string_view state) noexcept {
  // No connection, another transaction than it was made to be, no resources,
  // the server's end, its environment, its own defects.
  for (auto* of_server : {"08", "25", "53", "57P", "58", "F0", "XX"})
    if (starts_with(state, of_server))
      return false;
  return !state.empty();
}

bool blames_others(std::string_view state) noexcept {
  return starts_with(state, "40") || state == "55P03";
}

bool blames_url(std::string_view state) noexcept {
  return starts_with(state, "28") || state == "3D000";
}

std::string state_of(const PGresult* x) {
  auto result = field(x, PG_DIAG_SQLSTATE);
  // Too few values for a statement are a violation of the protocol to the
  // server, as much else that only another connection mends.
  if (result == "08P01"
      && field(x, PG_DIAG_SOURCE_FUNCTION) == "exec_bind_message")
    return undefined_parameter;
  return result;
}

std::string text_of(const PGresult* x) {
  return state_of(x) + ": " + field(x, PG_DIAG_MESSAGE_PRIMARY);
}

caf::error error_of(const PGresult* x) {
  return make_error(class_of(state_of(x)), "store", text_of(x));
}

std::string first_line(std::string_view message) {
  return std::string{message.substr(0, message.find('\n'))};
}

} // namespace inbox::postgres
