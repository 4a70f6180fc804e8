#include "emitted_id.hpp"

#include <boost/uuid/name_generator_sha1.hpp>

#include <algorithm>

namespace inbox {

namespace {

bool begins_with_time(const uuid& x) {
  return x.data[6] >> 4 == 7;
}

} // namespace

uuid emitted_id(const uuid& cause, const std::string& handler_key,
                size_t place) {
  boost::uuids::name_generator_sha1 in_namespace{cause};
  // A key holds no NUL, so no two names are the same.
  auto result = in_namespace(handler_key + '\0' + std::to_string(place));
  if (begins_with_time(cause))
    std::copy_n(cause.begin(), 8, result.begin());
  return result;
}

} // namespace inbox
