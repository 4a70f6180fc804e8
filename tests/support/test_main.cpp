// The one translation unit per test program that holds the test engine and
// main(). The engine's own main() would not register this library's types.
//
// Where INBOX_TEST_POSTGRES is not set, suites that need PostgreSQL are skipped
// when they are asked for by name, as CTest does.

#define CAF_TEST_NO_MAIN

#include "../../messages/all.hpp"

#include <caf/init_global_meta_objects.hpp>
#include <caf/test/unit_test_impl.hpp>

#include <cstdlib>
#include <cstring>
#include <iostream>

namespace {

// Known to tests/CMakeLists.txt.
constexpr int skipped = 77;

bool needs_postgres(int argc, char** argv) {
  for (int i = 1; i < argc; ++i)
    if (std::strstr(argv[i], "postgres") != nullptr)
      return true;
  return false;
}

} // namespace

int main(int argc, char** argv) {
  // Even where all is skipped: the end of a constant caf::error needs them.
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::core::init_global_meta_objects();
  if (std::getenv("INBOX_TEST_POSTGRES") == nullptr
      && needs_postgres(argc, argv)) {
    std::cerr << "skipped: INBOX_TEST_POSTGRES is not set\n";
    return skipped;
  }
  return caf::test::main(argc, argv);
}
