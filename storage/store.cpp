#include "store.hpp"

namespace inbox {

store::~store() = default;

} // namespace inbox
