#include "connect.hpp"

#include "clock.hpp"
#include "failure.hpp"

#include "../../messages/error.hpp"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <utility>
#include <vector>

namespace inbox::postgres {

namespace {

constexpr int oldest_server = 140000;

/// Where a verbose message has its SQLSTATE: "...FATAL:  28P01: text". libpq
/// has no other way to it before a connection is made.
constexpr std::string_view state_mark = ":  ";

std::string state_in(std::string_view message) {
  auto is_state = [](std::string_view x) {
    if (x.size() != 6 || x[5] != ':')
      return false;
    for (auto c : x.substr(0, 5))
      if (!std::isupper(static_cast<unsigned char>(c))
          && !std::isdigit(static_cast<unsigned char>(c)))
        return false;
    return true;
  };
  // The last one: with several hosts, that of the last attempt.
  for (auto i = message.rfind(state_mark); i != std::string_view::npos && i > 0;
       i = message.rfind(state_mark, i - 1))
    if (auto state = message.substr(i + state_mark.size(), 6); is_state(state))
      return std::string{state.substr(0, 5)};
  return {};
}

/// Joins the lines that say what happened, one per tried host.
std::string summary_of(std::string_view message) {
  std::string result;
  while (!message.empty()) {
    auto line = first_line(message);
    message.remove_prefix(std::min(line.size() + 1, message.size()));
    if (line.empty() || line.front() == '\t'
        || line.compare(0, 10, "LOCATION: ") == 0)
      continue;
    if (!result.empty())
      result += "; ";
    result += line;
  }
  return result;
}

caf::error connect_error(PGconn* conn, address& from) {
  if (const char* password = PQpass(conn))
    from.add_secret(password);
  std::string message = PQerrorMessage(conn);
  auto state = state_in(message);
  auto text = from.censored(summary_of(message));
  if (blames_url(state) || PQconnectionNeedsPassword(conn) != 0)
    return make_error(errc::storage_failed, "options.store.url", text);
  auto code = state.empty() ? errc::connection_lost : class_of(state);
  return make_error(code, "store", text);
}

/// Checks what the server said about itself while connecting.
caf::error check_server(PGconn* conn) {
  auto fail = [](std::string text) {
    return make_error(errc::storage_failed, "options.store.url",
                      std::move(text));
  };
  if (PQserverVersion(conn) < oldest_server)
    return fail("the server is older than PostgreSQL 14");
  // Anything else cannot hold all of the text that `check` lets pass.
  const char* encoding = PQparameterStatus(conn, "server_encoding");
  if (encoding != nullptr && encoding != std::string_view{"UTF8"}
      && encoding != std::string_view{"SQL_ASCII"})
    return fail("the database's encoding is " + std::string{encoding}
                + ", it must be UTF8");
  return {};
}

conn_ptr start(const address& to, const store_options& options) {
  auto patience = std::to_string(
    std::chrono::ceil<std::chrono::milliseconds>(options.deadline).count());
  // The last one of a name counts: what stands before the URL is a default,
  // what stands behind it is not up to the URL. No startup parameters that a
  // pooler would not know.
  const std::pair<const char*, const char*> parts[] = {
    {"fallback_application_name", "caf-inbox"},
    {"keepalives_idle", "30"},
    {"keepalives_interval", "10"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", patience.c_str()},
    {"dbname", to.url().c_str()},
    {"client_encoding", "UTF8"},
    {nullptr, nullptr},
  };
  std::vector<const char*> names;
  std::vector<const char*> values;
  for (auto& [name, value] : parts) {
    names.push_back(name);
    values.push_back(value);
  }
  return conn_ptr{PQconnectStartParams(names.data(), values.data(), 1)};
}

} // namespace

caf::expected<conn_ptr> connect(const store_options& options) {
  auto until = after(options.connect_timeout);
  auto to = address::parse(options.url);
  if (!to)
    return std::move(to.error());
  auto conn = start(*to, options);
  if (!conn)
    return make_error(errc::storage_failed, "store", "out of memory");
  PQsetErrorVerbosity(conn.get(), PQERRORS_VERBOSE);
  PQsetNoticeProcessor(
    conn.get(), [](void*, const char*) {}, nullptr);
  auto state = PQstatus(conn.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED
                                                      : PGRES_POLLING_WRITING;
  while (state != PGRES_POLLING_OK) {
    if (state == PGRES_POLLING_FAILED)
      return connect_error(conn.get(), *to);
    auto events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
    if (wait_for(PQsocket(conn.get()), static_cast<short>(events), until)
        == readiness::expired)
      return make_error(errc::connection_lost, "store",
                        "no connection within options.store.connect_timeout");
    state = PQconnectPoll(conn.get());
  }
  if (auto err = check_server(conn.get()))
    return err;
  if (PQsetnonblocking(conn.get(), 1) != 0
      || PQenterPipelineMode(conn.get()) != 1)
    return make_error(errc::storage_failed, "store", "libpq lacks pipelining");
  return conn;
}

} // namespace inbox::postgres
