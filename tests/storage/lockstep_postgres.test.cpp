#include "local_test_stores.hpp"
#include "lockstep.hpp"
#include "postgres_test_store.hpp"

#include <caf/test/dsl.hpp>

CAF_TEST(random steps have the same answers in all stores) {
  auto seed = lockstep::choose_seed();
  CAF_MESSAGE("INBOX_TEST_SEED=" << seed);
  for (uint64_t round = 0; round < 4; ++round) {
    lockstep::places stores;
    stores.push_back(std::make_unique<memory_test_store>());
    stores.push_back(
      std::make_unique<sqlite_test_store>(temporary_folder::fast_parent()));
    stores.push_back(std::make_unique<postgres_test_store>());
    lockstep test{std::move(stores), seed + round};
    auto difference = test.run(lockstep::choose_steps(500));
    if (!difference.empty())
      CAF_FAIL(difference);
    CAF_CHECK(difference.empty());
  }
}
