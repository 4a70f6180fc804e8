#pragma once

#include "../support/postgres_url.hpp"
#include "../support/sql_client.hpp"
#include "test_store.hpp"

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>
#include <string>
#include <vector>

/// Tables of their own on the server of the tests: the one that the environment
/// names (as pg_virtualenv does) where INBOX_TEST_POSTGRES is set. Without that
/// variable nothing connects, since these tests take rights away and end other
/// sessions, which must not happen to a server that serves somebody.
class postgres_test_store : public test_store {
public:
  postgres_test_store() : db_(connect()) {
    static int counter = 0;
    if (PQstatus(db_) != CONNECTION_OK)
      throw std::runtime_error(std::string{"no PostgreSQL server: "}
                               + PQerrorMessage(db_));
    execute("set client_min_messages = warning");
    reach_test_server(options_);
    options_.prefix = "t" + std::to_string(getpid()) + "_"
                      + std::to_string(++counter);
  }

  postgres_test_store(const postgres_test_store&) = delete;
  postgres_test_store& operator=(const postgres_test_store&) = delete;

  ~postgres_test_store() override {
    // Whatever begins like this test's tables, also those that it made itself.
    for (auto& row : select("select tablename from pg_tables "
                            "where schemaname = current_schema() "
                            "and tablename like '"
                            + options_.prefix + "\\_%'"))
      execute("drop table if exists \"" + row.front() + "\" cascade");
    PQfinish(db_);
  }

  const char* kind() const override {
    return "postgres";
  }

  caf::expected<inbox::store_ptr>
  try_open(const inbox::store_options& options) override {
    return inbox::open_store(options);
  }

  /// Shifts all that happened into the past, which is the same for the store.
  void advance(std::chrono::microseconds interval) override {
    auto columns = select("select table_name, string_agg(quote_ident("
                          "column_name), ',') from information_schema.columns "
                          "join information_schema.tables "
                          "using (table_schema, table_name) "
                          "where table_schema = current_schema() "
                          "and table_type = 'BASE TABLE' "
                          "and table_name like '"
                          + options_.prefix
                          + "\\_%' and data_type = 'timestamp with time zone' "
                            "and column_name <> 'date' group by table_name");
    auto shift = " - interval '" + std::to_string(interval.count())
                 + " microseconds'";
    for (auto& row : columns) {
      std::string changes;
      for (auto& name : split(row[1]))
        changes += (changes.empty() ? "" : ", ") + name + " = " + name + shift;
      execute("update \"" + row[0] + "\" set " + changes);
    }
  }

  inbox::timestamp now() override {
    auto text = select("select (extract(epoch from clock_timestamp()) "
                       "* 1000000)::bigint::text");
    return inbox::timestamp{
      std::chrono::microseconds{std::stoll(text.front().front())}};
  }

  bool has_own_clock() const override {
    return true;
  }

  void execute(const std::string& sql) override {
    select(with_prefix(sql));
  }

  /// Returns a connection of an application that uses the same database.
  sql_client client() const {
    return sql_client{options_.url};
  }

private:
  static PGconn* connect() {
    if (std::getenv("INBOX_TEST_POSTGRES") == nullptr)
      throw std::runtime_error("INBOX_TEST_POSTGRES is not set");
    return PQconnectdb("");
  }

  using rows = std::vector<std::vector<std::string>>;

  rows select(const std::string& sql) {
    auto* result = PQexec(db_, sql.c_str());
    auto status = PQresultStatus(result);
    rows selected;
    for (int i = 0; i < PQntuples(result); ++i) {
      auto& row = selected.emplace_back();
      for (int j = 0; j < PQnfields(result); ++j)
        row.emplace_back(PQgetvalue(result, i, j));
    }
    std::string text = PQresultErrorMessage(result);
    PQclear(result);
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
      throw std::runtime_error(text);
    return selected;
  }

  static std::vector<std::string> split(const std::string& list) {
    std::vector<std::string> result(1);
    for (auto c : list) {
      if (c == ',')
        result.emplace_back();
      else
        result.back() += c;
    }
    return result;
  }

  PGconn* db_;
};
