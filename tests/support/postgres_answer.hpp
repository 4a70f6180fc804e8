#pragma once

#include "../../storage/postgres/rows.hpp"

#include <libpq-fe.h>

#include <new>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace inbox::test {

/// Returns what libpq would have received: rows of as many binary values each,
/// or NULL.
inline postgres::rows
answer_of(int columns,
          const std::vector<std::optional<std::string_view>>& values) {
  auto must = [](int done) {
    if (done == 0)
      throw std::bad_alloc{};
  };
  postgres::result_ptr result{PQmakeEmptyPGresult(nullptr, PGRES_TUPLES_OK)};
  std::string name = "column";
  std::vector<PGresAttDesc> attributes(static_cast<size_t>(columns),
                                       PGresAttDesc{name.data(), 0, 0, 1, 0, -1,
                                                    -1});
  must(PQsetResultAttrs(result.get(), columns, attributes.data()));
  for (size_t i = 0; i < values.size(); ++i) {
    std::string bytes{values[i].value_or("")};
    must(PQsetvalue(result.get(), static_cast<int>(i) / columns,
                    static_cast<int>(i) % columns, bytes.data(),
                    values[i] ? static_cast<int>(bytes.size()) : -1));
  }
  return postgres::rows{std::move(result)};
}

} // namespace inbox::test
