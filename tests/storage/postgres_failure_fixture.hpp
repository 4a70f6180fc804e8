#pragma once

#include "postgres_fixture.hpp"

/// Shorthands for errors that a store has to end with, and ways to cause them.
class postgres_failure_fixture : public postgres_fixture {
public:
  /// Calls a verb and returns the error that it must end with.
  template <class T>
  static caf::error error_of(caf::expected<T> x) {
    if (x)
      CAF_FAIL("no error");
    return std::move(x.error());
  }

  template <class T>
  static inbox::errc code_of(caf::expected<T> x) {
    return inbox::code_of(error_of(std::move(x)));
  }

  /// Checks that a store answers nothing any more.
  static void check_given_up(inbox::store& db) {
    CAF_CHECK_EQUAL(code_of(db.find({id(1)})), inbox::errc::connection_lost);
    CAF_CHECK_EQUAL(code_of(db.write({make(1)})), inbox::errc::connection_lost);
  }

  /// Checks that a store still works.
  static void check_alive(inbox::store& db) {
    CAF_CHECK(db.summarize());
  }

  caf::error open_error(const std::string& url) const {
    auto options = place.options();
    options.connect_timeout = std::chrono::seconds{1};
    options.url = url;
    return error_of(inbox::open_postgres_store(options));
  }

  inbox::store_options with(std::string url) const {
    auto result = hasty_options();
    result.url = std::move(url);
    return result;
  }

  /// Ends the server's side of all other connections, and waits until their
  /// processes are gone and with them their sockets.
  void terminate_others() {
    client.run("select pg_terminate_backend(pid, 60000) from pg_stat_activity "
               "where application_name = 'caf-inbox'");
  }

  bool is_written(uint32_t n) {
    return get(open()->find({id(n)})).event.has_value();
  }
};
