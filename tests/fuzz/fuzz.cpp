#include "fuzz.hpp"

#include "../../messages/all.hpp"

#include <caf/init_global_meta_objects.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace inbox::fuzz {

void require(bool ok, const char* what) {
  if (ok)
    return;
  std::fprintf(stderr, "fuzz: does not hold: %s\n", what);
  std::abort();
}

bool holds(std::string_view text, std::string_view part) {
  return !part.empty() && text.find(part) != std::string_view::npos;
}

uint8_t source::byte() {
  return static_cast<uint8_t>(integer(1));
}

int64_t source::integer(size_t count) {
  uint64_t result = 0;
  for (auto c : bytes(count))
    result = (result << 8) | static_cast<unsigned char>(c);
  return static_cast<int64_t>(result);
}

std::string_view source::bytes(size_t count) {
  auto result = rest_.substr(0, count);
  rest_.remove_prefix(result.size());
  return result;
}

std::string_view source::line() {
  auto result = bytes(std::min(rest_.find('\n'), rest_.size()));
  bytes(1);
  return result;
}

std::string_view source::rest() {
  return bytes(rest_.size());
}

} // namespace inbox::fuzz

// libFuzzer calls this; where it is not there, so does replay.cpp.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  // Errors carry messages, whose types CAF has to know.
  [[maybe_unused]] static const auto ready = [] {
    caf::core::init_global_meta_objects();
    caf::init_global_meta_objects<caf::id_block::inbox>();
    return true;
  }();
  inbox::fuzz::run({reinterpret_cast<const char*>(data), size});
  return 0;
}
