#include "emitted_id.hpp"

#include <boost/uuid/name_generator_sha1.hpp>

namespace inbox {

uuid emitted_id(const uuid& cause, const std::string& handler_key,
                size_t place) {
  boost::uuids::name_generator_sha1 in_namespace{cause};
  // A key holds no NUL, so no two names are the same.
  return in_namespace(handler_key + '\0' + std::to_string(place));
}

} // namespace inbox
