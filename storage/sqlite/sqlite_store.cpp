#include "sqlite_store.hpp"

#include "tables.hpp"

#include <utility>

namespace inbox::sqlite {

sqlite_store::sqlite_store(std::unique_ptr<connection> db,
                           const std::string& prefix, time_source now)
  : db_(std::move(db)),
    now_(std::move(now)),
    sql_(*db_, prefix),
    payload_size_(
      *db_,
      with_prefix(prefix, "select length(payload) from $event where seq = ?")),
    marks_(*db_) {
  // nop
}

} // namespace inbox::sqlite
