#pragma once

#include "wire.hpp"

#include <caf/error.hpp>
#include <libpq-fe.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

namespace inbox::postgres {

struct result_deleter {
  void operator()(PGresult* x) const noexcept {
    PQclear(x);
  }
};

/// Returns the error of what the schema does not allow.
[[nodiscard]] caf::error malformed_row();

/// Owns one answer of libpq.
using result_ptr = std::unique_ptr<PGresult, result_deleter>;

/// The rows that a statement answered, in binary form. A value that cannot be
/// of the wanted type is read as an empty one and remembered: see `check`.
class rows {
public:
  rows() = default;

  explicit rows(result_ptr result) : result_(std::move(result)) {
    // nop
  }

  [[nodiscard]] int size() const noexcept {
    return result_ ? PQntuples(result_.get()) : 0;
  }

  /// Returns how many rows the statement inserted, changed or deleted.
  [[nodiscard]] uint64_t changed() const;

  [[nodiscard]] bool null(int row, int col) const noexcept {
    return PQgetisnull(result_.get(), row, col) != 0;
  }

  /// Returns the bytes of a value, valid as long as this object.
  [[nodiscard]] std::string_view raw(int row, int col) const noexcept {
    return {PQgetvalue(result_.get(), row, col),
            static_cast<size_t>(PQgetlength(result_.get(), row, col))};
  }

  template <class T>
  [[nodiscard]] T get(int row, int col) {
    T result{};
    if (null(row, col) || !postgres::get(raw(row, col), result))
      malformed_ = true;
    return result;
  }

  template <class T>
  [[nodiscard]] std::optional<T> get_optional(int row, int col) {
    if (null(row, col))
      return std::nullopt;
    return get<T>(row, col);
  }

  /// Returns an error if something was read that the schema does not allow:
  /// somebody has changed the tables.
  [[nodiscard]] caf::error check() const;

private:
  result_ptr result_;
  bool malformed_ = false;
};

} // namespace inbox::postgres
