#include "lockstep.hpp"
#include "local_test_stores.hpp"

#include <caf/test/dsl.hpp>

// Rounds begin with fresh stores, since early steps differ from late ones.

CAF_TEST(random steps have the same answers in memory and in SQLite) {
  auto seed = lockstep::choose_seed();
  CAF_MESSAGE("INBOX_TEST_SEED=" << seed);
  for (uint64_t round = 0; round < 8; ++round) {
    lockstep::places stores;
    stores.push_back(std::make_unique<memory_test_store>());
    stores.push_back(
      std::make_unique<sqlite_test_store>(temporary_folder::fast_parent()));
    lockstep test{std::move(stores), seed + round};
    auto difference = test.run(lockstep::choose_steps(500));
    if (!difference.empty())
      CAF_FAIL(difference);
    CAF_CHECK(difference.empty());
  }
}
