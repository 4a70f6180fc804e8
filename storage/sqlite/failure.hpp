#pragma once

#include "../../messages/error.hpp"

#include <caf/error.hpp>
#include <caf/expected.hpp>

#include <exception>
#include <string>
#include <type_traits>
#include <utility>

struct sqlite3;

namespace inbox::sqlite {

/// Carries an error from where SQLite reports it to the port. Never leaves the
/// store.
class failure : public std::exception {
public:
  explicit failure(caf::error reason) : reason_(std::move(reason)) {
    // nop
  }

  [[nodiscard]] const caf::error& reason() const noexcept {
    return reason_;
  }

  [[nodiscard]] const char* what() const noexcept override {
    return "failure of a SQLite store";
  }

private:
  caf::error reason_;
};

/// Returns SQLite's result `code` as one of our errors, with the text of the
/// database `db` (which may be null) and the name of its file.
[[nodiscard]] caf::error to_error(sqlite3* db, int code,
                                  const std::string& file);

/// Returns the error for a value that this library would not have written.
[[nodiscard]] caf::error malformed_row(const std::string& file);

/// Returns what `f` returns, or the error that it ended with.
template <class F>
caf::expected<std::invoke_result_t<F>> guarded(F f) {
  try {
    return f();
  } catch (const failure& x) {
    return x.reason();
  } catch (const std::exception& x) {
    return make_error(errc::storage_failed, "store", x.what());
  }
}

} // namespace inbox::sqlite
