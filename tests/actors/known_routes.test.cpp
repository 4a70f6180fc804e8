#include "../../actors/known_routes.hpp"

#include "../support/actor_fixture.hpp"
#include "../support/virtual_store.hpp"

using namespace inbox;
using namespace inbox::test;

namespace {

class fixture : public actor_fixture {
public:
  virtual_store place{*this};
  store_faults& faults = place.faults;
  known_routes routes;
  store_ptr db = place.open();

  void add(const std::string& key) {
    CAF_CHECK(routes.add(*db, {"order", key}));
  }

  void remove(const std::string& key) {
    CAF_CHECK(routes.remove(*db, {"order", key}));
  }

  store_ptr open() {
    auto result = routes.open(place.opener());
    CAF_REQUIRE(result);
    return std::move(*result);
  }

  /// Returns for how many handler keys the store takes a new event.
  uint32_t count_active() {
    static uint32_t n = 0;
    return db->write(nth_events(++n, 1))->receipts.at(0).handlers;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(known_routes_tests, fixture)

CAF_TEST(whoever opens a store tells it all that is known) {
  add("mail");
  add("stock");
  add("audit");
  remove("audit");
  for (auto key : {"mail", "stock", "audit"})
    CAF_CHECK(db->remove({"order", key})); // a backup of before, say
  CAF_CHECK_EQUAL(count_active(), 0u);
  open();
  CAF_CHECK_EQUAL(count_active(), 2u);
}

CAF_TEST(what could not be added is not known) {
  faults.fail_next("add", make_error(errc::busy, "store", "locked"));
  auto faulty = place.opener()();
  CAF_CHECK(!routes.add(**faulty, {"order", "mail"}));
  open();
  CAF_CHECK_EQUAL(faults.calls("add"), 1u);
}

CAF_TEST(a store that cannot be told is not opened) {
  add("mail");
  auto locked = make_error(errc::busy, "store", "locked");
  faults.fail_next("add", locked);
  auto opened = routes.open(place.opener());
  CAF_REQUIRE(!opened);
  CAF_CHECK_EQUAL(opened.error(), locked);
}

CAF_TEST(what is added while a store is opened is told as well) {
  add("mail");
  faults.precede_next("add", [this] {
    add("stock");
    CAF_CHECK(db->remove({"order", "stock"}));
  });
  open();
  CAF_CHECK_EQUAL(count_active(), 2u);
}

CAF_TEST(what is removed while a store is opened is not brought back) {
  add("mail");
  add("stock");
  faults.precede_next("add", [this] { remove("mail"); });
  open();
  CAF_CHECK_EQUAL(count_active(), 1u);
}

CAF_TEST(what comes back while it is taken away stays) {
  add("mail");
  faults.precede_next("add", [this] { remove("mail"); });
  faults.precede_next("remove", [this] { add("mail"); });
  open();
  CAF_CHECK_EQUAL(count_active(), 1u);
}

CAF_TEST_FIXTURE_SCOPE_END()
