#include "till.hpp"

#include <libpq-fe.h>
#include <sqlite3.h>

#include <stdexcept>
#include <vector>

namespace {

inbox::receipt only(caf::expected<inbox::written_events> written) {
  if (!written)
    throw std::runtime_error(inbox::describe(written.error()));
  return written->receipts.front();
}

class postgres_till : public till {
public:
  explicit postgres_till(const std::string& url)
    : connection_{PQconnectdb(url.c_str()), PQfinish} {
    if (PQstatus(connection_.get()) != CONNECTION_OK)
      throw std::runtime_error(PQerrorMessage(connection_.get()));
  }

  void run(const std::string& sql) override {
    answer(sql);
  }

  inbox::receipt write(const inbox::event& x) override {
    return only(inbox::join_write(connection_.get(), {x}));
  }

  long number(const std::string& sql) override {
    return std::stol(PQgetvalue(answer(sql).get(), 0, 0));
  }

private:
  using result = std::unique_ptr<PGresult, decltype(&PQclear)>;

  result answer(const std::string& sql) {
    result answered{PQexec(connection_.get(), sql.c_str()), PQclear};
    auto status = PQresultStatus(answered.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK)
      throw std::runtime_error(PQerrorMessage(connection_.get()));
    return answered;
  }

  std::unique_ptr<PGconn, decltype(&PQfinish)> connection_;
};

class sqlite_till : public till {
public:
  explicit sqlite_till(const std::string& file) : db_{nullptr, sqlite3_close} {
    sqlite3* db = nullptr;
    auto code = sqlite3_open(file.c_str(), &db);
    db_.reset(db);
    check(code);
    sqlite3_busy_timeout(db, 5000); // the inbox writes as well
  }

  void run(const std::string& sql) override {
    check(sqlite3_exec(db_.get(), sql.c_str(), nullptr, nullptr, nullptr));
  }

  inbox::receipt write(const inbox::event& x) override {
    return only(inbox::join_write(db_.get(), {x}));
  }

  long number(const std::string& sql) override {
    long result = 0;
    auto read = [](void* to, int, char** values, char**) {
      *static_cast<long*>(to) = std::stol(values[0]);
      return 0;
    };
    check(sqlite3_exec(db_.get(), sql.c_str(), read, &result, nullptr));
    return result;
  }

private:
  void check(int code) {
    if (code != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(db_.get()));
  }

  std::unique_ptr<sqlite3, decltype(&sqlite3_close)> db_;
};

} // namespace

std::unique_ptr<till> open_till(const std::string& url) {
  const std::string sqlite = "sqlite:";
  if (url.compare(0, sqlite.size(), sqlite) == 0)
    return std::make_unique<sqlite_till>(url.substr(sqlite.size()));
  return std::make_unique<postgres_till>(url);
}
