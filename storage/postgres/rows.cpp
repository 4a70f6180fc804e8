#include "rows.hpp"

#include "../../messages/error.hpp"

namespace inbox::postgres {

caf::error rows::check() const {
  if (!malformed_)
    return {};
  return make_error(errc::schema_mismatch, "store",
                    "a row has another form than this library gives it: the "
                    "tables were changed by somebody else");
}

} // namespace inbox::postgres
