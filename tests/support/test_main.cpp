// The one translation unit per test program that holds the test engine and
// main(). The engine's own main() would not register this library's types.

#define CAF_TEST_NO_MAIN

#include "../../messages/all.hpp"

#include <caf/init_global_meta_objects.hpp>
#include <caf/test/unit_test_impl.hpp>

int main(int argc, char** argv) {
  caf::init_global_meta_objects<caf::id_block::inbox>();
  caf::core::init_global_meta_objects();
  return caf::test::main(argc, argv);
}
