#pragma once

#include <libpq-fe.h>

#include <stdexcept>
#include <string>
#include <vector>

/// A connection for what a test does past the store. Blocking; throws.
class sql_client {
public:
  using rows = std::vector<std::vector<std::string>>;

  explicit sql_client(const std::string& url = "postgresql://")
    : conn_(PQconnectdb(url.c_str())) {
    PQsetNoticeProcessor(
      conn_, [](void*, const char*) {}, nullptr);
    if (PQstatus(conn_) != CONNECTION_OK) {
      std::string text = PQerrorMessage(conn_);
      PQfinish(conn_);
      throw std::runtime_error("no PostgreSQL server (see pg_virtualenv): "
                               + text);
    }
  }

  sql_client(const sql_client&) = delete;
  sql_client& operator=(const sql_client&) = delete;

  ~sql_client() {
    PQfinish(conn_);
  }

  /// Runs one or more statements; returns the rows of the last one.
  rows run(const std::string& sql) {
    auto* result = PQexec(conn_, sql.c_str());
    rows selected;
    for (int i = 0; i < PQntuples(result); ++i) {
      auto& row = selected.emplace_back();
      for (int j = 0; j < PQnfields(result); ++j)
        row.emplace_back(PQgetvalue(result, i, j));
    }
    std::string text = PQresultErrorMessage(result);
    PQclear(result);
    if (!text.empty())
      throw std::runtime_error(text);
    return selected;
  }

  /// Returns the only value of the only row.
  std::string value(const std::string& sql) {
    return run(sql).at(0).at(0);
  }

  long number(const std::string& sql) {
    return std::stol(value(sql));
  }

  PGconn* handle() const {
    return conn_;
  }

private:
  PGconn* conn_;
};
