#include "rows.hpp"

#include "../../messages/error.hpp"

#include <charconv>

namespace inbox::postgres {

caf::error malformed_row() {
  return make_error(errc::schema_mismatch, "store",
                    "a row has another form than this library gives it: the "
                    "tables were changed by somebody else");
}

caf::error rows::check() const {
  return malformed_ ? malformed_row() : caf::error{};
}

uint64_t rows::changed() const {
  std::string_view verb = PQcmdStatus(result_.get());
  std::string_view digits = PQcmdTuples(result_.get());
  uint64_t result = 0;
  if (verb.substr(0, 6) != "SELECT")
    std::from_chars(digits.data(), digits.data() + digits.size(), result);
  return result;
}

} // namespace inbox::postgres
