#include "statement.hpp"

#include "failure.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace inbox::sqlite {

namespace {

std::string_view view_of(const void* bytes, int size) {
  if (bytes == nullptr)
    return {};
  return {static_cast<const char*>(bytes), static_cast<size_t>(size)};
}

} // namespace

// -- query --------------------------------------------------------------------

query::query(query&& other) noexcept
  : db_(other.db_),
    stmt_(std::exchange(other.stmt_, nullptr)) {
  // nop
}

query& query::operator=(query&& other) noexcept {
  std::swap(db_, other.db_);
  std::swap(stmt_, other.stmt_);
  return *this;
}

query::~query() {
  if (stmt_ != nullptr) {
    sqlite3_reset(stmt_);
    sqlite3_clear_bindings(stmt_);
  }
}

bool query::next() {
  auto code = sqlite3_step(stmt_);
  if (code == SQLITE_ROW)
    return true;
  if (code != SQLITE_DONE)
    db_->fail(code);
  return false;
}

bool query::is_null(int column) const {
  return sqlite3_column_type(stmt_, column) == SQLITE_NULL;
}

int64_t query::integer(int column) const {
  return sqlite3_column_int64(stmt_, column);
}

uint32_t query::count(int column) const {
  return static_cast<uint32_t>(std::clamp<int64_t>(
    integer(column), 0, std::numeric_limits<uint32_t>::max()));
}

route_id query::route(int column) const {
  auto result = static_cast<route_id>(integer(column));
  if (result != integer(column))
    throw failure{malformed_row(db_->file())};
  return result;
}

timestamp query::time(int column) const {
  return to_timestamp(integer(column));
}

uuid query::id(int column) const {
  uuid result{};
  auto bytes = blob(column);
  if (bytes.size() != result.size())
    throw failure{malformed_row(db_->file())};
  std::copy(bytes.begin(), bytes.end(), result.begin());
  return result;
}

// In this order, the pointer first: asking for it may convert the value.

std::string_view query::text(int column) const {
  auto* bytes = sqlite3_column_text(stmt_, column);
  return view_of(bytes, sqlite3_column_bytes(stmt_, column));
}

std::string_view query::blob(int column) const {
  auto* bytes = sqlite3_column_blob(stmt_, column);
  return view_of(bytes, sqlite3_column_bytes(stmt_, column));
}

std::optional<timestamp> query::maybe_time(int column) const {
  return is_null(column) ? std::nullopt : std::optional{time(column)};
}

std::optional<std::string> query::maybe_text(int column) const {
  return is_null(column) ? std::nullopt
                         : std::optional{std::string{text(column)}};
}

void query::bind(int position, std::nullptr_t) {
  check(sqlite3_bind_null(stmt_, position));
}

void query::bind(int position, std::string_view text) {
  // A null pointer would be NULL, not the empty text.
  check(sqlite3_bind_text64(stmt_, position, text.empty() ? "" : text.data(),
                            text.size(), SQLITE_STATIC, SQLITE_UTF8));
}

void query::bind(int position, const payload& bytes) {
  check(sqlite3_bind_blob64(stmt_, position,
                            bytes.empty() ? "" : bytes.view().data(),
                            bytes.size(), SQLITE_STATIC));
}

void query::bind(int position, const uuid& id) {
  check(
    sqlite3_bind_blob64(stmt_, position, id.begin(), id.size(), SQLITE_STATIC));
}

void query::bind(int position, timestamp time) {
  bind_integer(position, to_number(time));
}

void query::bind_integer(int position, int64_t number) {
  check(sqlite3_bind_int64(stmt_, position, number));
}

void query::bind_real(int position, double number) {
  check(sqlite3_bind_double(stmt_, position, number));
}

void query::check(int code) const {
  if (code != SQLITE_OK)
    db_->fail(code);
}

// -- statement ----------------------------------------------------------------

void statement::finalizer::operator()(sqlite3_stmt* stmt) const noexcept {
  sqlite3_finalize(stmt);
}

statement::statement(connection& db, std::string sql)
  : db_(&db),
    sql_(std::move(sql)) {
  // nop
}

sqlite3_stmt* statement::prepared() {
  if (stmt_ == nullptr) {
    sqlite3_stmt* stmt = nullptr;
    auto code = sqlite3_prepare_v3(db_->handle(), sql_.c_str(),
                                   static_cast<int>(sql_.size() + 1),
                                   SQLITE_PREPARE_PERSISTENT, &stmt, nullptr);
    if (code != SQLITE_OK)
      db_->fail(code);
    stmt_.reset(stmt);
  }
  return stmt_.get();
}

} // namespace inbox::sqlite
