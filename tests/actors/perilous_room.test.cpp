#include "../../actors/perilous_room.hpp"

#include <caf/test/unit_test.hpp>

using namespace inbox;

namespace {

struct fixture {
  perilous_room room;

  void begin(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i)
      room.begin();
  }

  void end(uint32_t count) {
    for (uint32_t i = 0; i < count; ++i)
      room.end();
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(perilous_room_tests, fixture)

CAF_TEST(there is room for one to begin with) {
  CAF_CHECK_EQUAL(room.get(), 1u);
}

CAF_TEST(there is none until all have ended) {
  begin(2);
  CAF_CHECK_EQUAL(room.get(), 0u);
  end(1);
  CAF_CHECK_EQUAL(room.get(), 0u);
  end(1);
  CAF_CHECK_GREATER(room.get(), 0u);
}

CAF_TEST(whoever outlives some at once may have twice as many) {
  for (uint32_t n : {1u, 2u, 4u, 8u}) {
    CAF_CHECK_EQUAL(room.get(), n);
    begin(n);
    end(n);
  }
  CAF_CHECK_EQUAL(room.get(), 16u);
}

CAF_TEST(what was not there at once does not count) {
  for (int i = 0; i < 5; ++i) {
    begin(1);
    end(1);
  }
  CAF_CHECK_EQUAL(room.get(), 2u);
  begin(1);
  begin(1);
  end(1);
  begin(1);
  end(2);
  CAF_CHECK_EQUAL(room.get(), 4u);
}

CAF_TEST(the room does not shrink and has a bound) {
  begin(100);
  end(100);
  CAF_CHECK_EQUAL(room.get(), 200u);
  begin(1);
  end(1);
  CAF_CHECK_EQUAL(room.get(), 200u);
  begin(200);
  end(200);
  CAF_CHECK_EQUAL(room.get(), perilous_room::most);
}

CAF_TEST_FIXTURE_SCOPE_END()
