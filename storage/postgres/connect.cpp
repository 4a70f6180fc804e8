#include "connect.hpp"

#include "address.hpp"
#include "connect_failure.hpp"
#include "hosts.hpp"

#include "../../messages/error.hpp"

#include <algorithm>
#include <random>
#include <string_view>
#include <utility>
#include <vector>

namespace inbox::postgres {

namespace {

constexpr int oldest_server = 140000;

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

template <class T>
void shuffle(std::vector<T>& xs) {
  std::shuffle(xs.begin(), xs.end(), std::mt19937{std::random_device{}()});
}

/// One call of `connect`: tries the servers of a URL one by one. libpq would
/// try them by itself, but has no way to give one of them up in time.
class connector {
public:
  connector(address to, const store_options& options, const resolver& how)
    : to_(std::move(to)),
      how_(how),
      until_(after(options.connect_timeout)),
      patience_(milliseconds_text(options.deadline)) {
    // nop
  }

  caf::expected<conn_ptr> run() {
    auto found = hosts_of(to_.url());
    if (!found)
      return std::move(found.error());
    if (found->shuffled)
      shuffle(found->hosts);
    for (size_t i = 0; i < found->hosts.size(); ++i)
      if (auto conn = try_host(found->hosts[i], found->shuffled,
                               share(until_, found->hosts.size() - i)))
        return conn;
    return combine(failures_);
  }

private:
  /// Returns when one of `n` that are left has to be through.
  static deadline share(deadline until, size_t n) {
    auto now = clock::now();
    return now + (until - now) / static_cast<int64_t>(n);
  }

  conn_ptr try_host(host x, bool shuffled, deadline until) {
    if (!x.address.empty() || is_resolved(x.name))
      return attempt(x, until);
    auto found = look_up(how_, x.name, until);
    if (found.addresses.empty()) {
      fail("could not translate host name \"" + x.name
           + "\" to address: " + found.error);
      return nullptr;
    }
    if (shuffled)
      shuffle(found.addresses);
    for (size_t i = 0; i < found.addresses.size(); ++i) {
      x.address = found.addresses[i];
      if (auto conn = attempt(x, share(until, found.addresses.size() - i)))
        return conn;
    }
    return nullptr;
  }

  conn_ptr attempt(const host& x, deadline until) {
    auto conn = start(x);
    if (!conn) {
      failures_.push_back(
        make_error(errc::storage_failed, "store", "out of memory"));
      return nullptr;
    }
    PQsetErrorVerbosity(conn.get(), PQERRORS_VERBOSE);
    PQsetNoticeProcessor(
      conn.get(), [](void*, const char*) {}, nullptr);
    auto state = PQstatus(conn.get()) == CONNECTION_BAD ? PGRES_POLLING_FAILED
                                                        : PGRES_POLLING_WRITING;
    while (state != PGRES_POLLING_OK) {
      if (state == PGRES_POLLING_FAILED) {
        failures_.push_back(connect_error(conn.get(), to_));
        return nullptr;
      }
      auto events = state == PGRES_POLLING_READING ? POLLIN : POLLOUT;
      if (wait_for(PQsocket(conn.get()), static_cast<short>(events), until)
          == readiness::expired) {
        fail("no connection to " + to_string(x)
             + " within options.store.connect_timeout");
        return nullptr;
      }
      state = PQconnectPoll(conn.get());
    }
    if (auto err = prepare(conn.get())) {
      failures_.push_back(std::move(err));
      return nullptr;
    }
    return conn;
  }

  conn_ptr start(const host& x) const {
    // The last one of a name counts: what stands before the URL is a default,
    // what stands behind it is not up to the URL. No startup parameters that a
    // pooler would not know; whether the server only reads is then asked.
    const std::pair<const char*, const char*> parts[] = {
      {"fallback_application_name", "caf-inbox"},
      {"keepalives_idle", "30"},
      {"keepalives_interval", "10"},
      {"keepalives_count", "3"},
      {"tcp_user_timeout", patience_.c_str()},
      {"dbname", to_.url().c_str()},
      {"client_encoding", "UTF8"},
      {"target_session_attrs", "read-write"},
      {"host", x.name.empty() ? x.address.c_str() : x.name.c_str()},
      {"hostaddr", x.address.c_str()},
      {"port", x.port.c_str()},
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

  static caf::error prepare(PGconn* conn) {
    if (auto err = check_server(conn))
      return err;
    if (PQsetnonblocking(conn, 1) != 0 || PQenterPipelineMode(conn) != 1)
      return make_error(errc::storage_failed, "store",
                        "libpq lacks pipelining");
    return {};
  }

  void fail(const std::string& text) {
    failures_.push_back(
      make_error(errc::connection_lost, "store", to_.censored(text)));
  }

  address to_;
  const resolver& how_;
  deadline until_;
  std::string patience_;
  std::vector<caf::error> failures_;
};

} // namespace

caf::expected<conn_ptr> connect(const store_options& options,
                                const resolver& how) {
  auto to = address::parse(options.url);
  if (!to)
    return std::move(to.error());
  return connector{std::move(*to), options, how}.run();
}

} // namespace inbox::postgres
