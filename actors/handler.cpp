#include "handler.hpp"

namespace inbox {

delivery::delivery(handle_event request)
  : request_{std::move(request)},
    deadline_{std::chrono::steady_clock::now()
              + std::chrono::duration_cast<std::chrono::steady_clock::duration>(
                request_.timeout)} {
  // nop
}

} // namespace inbox
