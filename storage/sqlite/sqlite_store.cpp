#include "sqlite_store.hpp"

#include <utility>

namespace inbox::sqlite {

sqlite_store::sqlite_store(std::unique_ptr<connection> db,
                           const std::string& prefix, time_source now)
  : db_(std::move(db)),
    now_(std::move(now)),
    sql_(*db_, prefix) {
  // nop
}

} // namespace inbox::sqlite
