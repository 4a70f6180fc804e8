#pragma once

#include "../support/sql_client.hpp"
#include "postgres_test_store.hpp"

#include "../../messages/error.hpp"
#include "../../storage/postgres/open_postgres_store.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <caf/test/dsl.hpp>

#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

/// Tables of its own on the server that pg_virtualenv names, a client that goes
/// past the store, and shorthands.
class postgres_fixture {
public:
  postgres_test_store place;
  sql_client client;
  inbox::uuid owner = id(0xFFFF);

  std::string table(const std::string& name) const {
    return place.options().prefix + "_" + name;
  }

  /// Returns the number of rows.
  long count(const std::string& name, const std::string& where = "true") {
    return client.number("select count(*) from " + table(name) + " where "
                         + where);
  }

  /// Returns the statuses that people see, by event.
  std::string statuses() {
    return client.value("select coalesce(string_agg(status, ' ' "
                        "order by event_id), '') from "
                        + table("status"));
  }

  /// Returns options with deadlines that a test can wait for.
  inbox::store_options hasty_options() const {
    using namespace std::chrono_literals;
    auto result = place.options();
    result.connect_timeout = 1s;
    result.statement_timeout = 300ms;
    result.deadline = 700ms;
    return result;
  }

  static inbox::uuid id(uint32_t n, uint8_t group = 0) {
    inbox::uuid result{};
    result.data[0] = 0xB7;
    result.data[1] = group;
    for (int i = 0; i < 4; ++i)
      result.data[15 - i] = static_cast<uint8_t>(n >> (8 * i));
    return result;
  }

  static inbox::event make(uint32_t n, uint8_t group = 0) {
    inbox::event result;
    result.id = id(n, group);
    result.type = "order";
    result.payload = "payload " + std::to_string(n);
    return result;
  }

  static std::vector<inbox::event> make_many(uint32_t count,
                                             uint8_t group = 0) {
    std::vector<inbox::event> result;
    for (uint32_t n = 0; n < count; ++n)
      result.push_back(make(n, group));
    return result;
  }

  /// Waits until `count` statements of stores wait for a lock. Asks on a
  /// connection of its own: within a transaction the server's answer is always
  /// the first one.
  static void await_blocked(long count = 1) {
    sql_client watcher;
    auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (watcher.number("select count(*) from pg_stat_activity where "
                          "application_name = 'caf-inbox' "
                          "and wait_event_type = 'Lock'")
           < count) {
      must(std::chrono::steady_clock::now() < give_up, "nobody waits");
      std::this_thread::sleep_for(std::chrono::milliseconds{1});
    }
  }

  /// Returns what the server counted since it did so last for this session.
  /// Connections report when they end, at the latest.
  long stat(const std::string& column, const std::string& view,
            const std::string& name) {
    sql_client fresh;
    return fresh.number("select coalesce(sum(" + column + "), 0) from " + view
                        + " where relname = '" + table(name) + "'");
  }

  long table_stat(const std::string& column, const std::string& name) {
    return stat(column, "pg_stat_user_tables", name);
  }

  /// Returns how many entries were read from the indexes of the deliveries.
  long index_reads() {
    return stat("idx_tup_read", "pg_stat_user_indexes", "delivery");
  }

  /// Waits until the server has counted at least `count`.
  void await_stat(const std::string& column, const std::string& name,
                  long count) {
    for (auto i = 0; i < 500 && table_stat(column, name) < count; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds{10});
    CAF_REQUIRE_GREATER_OR_EQUAL(table_stat(column, name), count);
  }

  /// Fails a test from any of its threads, which a check must not.
  static void must(bool holds, const char* what) {
    if (!holds)
      throw std::runtime_error(what);
  }

  template <class T>
  static T get(caf::expected<T> x) {
    if (!x)
      throw std::runtime_error(inbox::describe(x.error()));
    return std::move(*x);
  }

  static inbox::store_ptr open(const inbox::store_options& options) {
    return get(inbox::open_postgres_store(options));
  }

  inbox::store_ptr open() const {
    return open(place.options());
  }

  static inbox::route_id add_route(inbox::store& db) {
    return get(db.add({"order", "mail"})).route;
  }

  inbox::claim_deliveries demand(inbox::route_id route, uint32_t n) const {
    return {owner, {{route, n}}, n, std::chrono::minutes{1}, 5};
  }
};
