#include "shop_at_work.hpp"

#include "../support/relay.hpp"

#include <future>

// The server goes away in the midst of work, in every way that a network has.

using namespace flow;
using inbox::errc;
using inbox::status;

namespace {

constexpr auto count = shop_at_work::count;

std::string terminate_all(const store_place& place) {
  return "select count(pg_terminate_backend(pid)) from pg_stat_activity "
         "where pid <> pg_backend_pid() and application_name = '"
         + place.options().prefix + "'";
}

} // namespace

CAF_TEST(all connections are terminated again and again) {
  auto place = postgres_place();
  CAF_REQUIRE(place);
  shop_at_work work{*place, quick_options(*place)};
  work.shop->wait_until_ready(1);
  place->watch_settlements();
  auto written = std::async(std::launch::async,
                            [&] { return work.write_all(); });
  for (uint32_t n = 1; n <= 5; ++n) {
    CAF_CHECK(work.calls.wait_for(n * count / 8));
    CAF_CHECK(
      eventually([&] { return place->number(terminate_all(*place)) > 0; }));
  }
  CAF_CHECK(written.get());
  work.check_all_done();
  CAF_CHECK_GREATER(work.errors.size(), 0u);
  for (auto& x : work.errors.all())
    CAF_CHECK(inbox::is_transient(x));
}

CAF_TEST(a server that is out of reach at the start comes later) {
  auto place = postgres_place();
  CAF_REQUIRE(place);
  relay network;
  auto options = quick_options(*place);
  options.store.url = network.url(options.store.url);
  shop_at_work work{*place, options};
  CAF_REQUIRE(work.errors.wait_for(1));
  CAF_CHECK_EQUAL(work.errors.all().front(), errc::connection_lost);
  auto refused = (*work.shop)->write(make(1));
  CAF_CHECK_EQUAL(inbox::code_of(refused.error()), errc::connection_lost);
  network.set(relay::mode::pass);
  work.shop->wait_until_ready(1);
  place->watch_settlements();
  CAF_CHECK(work.write_all());
  work.check_all_done();
}

CAF_TEST(a network that cuts and refuses for a while) {
  auto place = postgres_place();
  CAF_REQUIRE(place);
  relay network;
  network.set(relay::mode::pass);
  auto options = quick_options(*place);
  options.store.url = network.url(options.store.url);
  shop_at_work work{*place, options};
  work.shop->wait_until_ready(1);
  place->watch_settlements();
  auto written = std::async(std::launch::async,
                            [&] { return work.write_all(); });
  for (uint32_t n = 1; n <= 3; ++n) {
    CAF_CHECK(work.calls.wait_for(n * count / 8));
    auto before = work.errors.size();
    network.set(relay::mode::refuse);
    CAF_CHECK(work.errors.wait_for(before + 3));
    network.set(relay::mode::pass);
  }
  CAF_CHECK(written.get());
  work.check_all_done();
}

CAF_TEST(a network that swallows everything ends by a deadline) {
  auto place = postgres_place();
  CAF_REQUIRE(place);
  relay network;
  network.set(relay::mode::pass);
  auto options = quick_options(*place);
  options.store.url = network.url(options.store.url);
  options.store.connect_timeout = 200ms;
  options.store.statement_timeout = 200ms;
  options.store.deadline = 400ms;
  shop_at_work work{*place, options};
  work.shop->wait_until_ready(1);
  place->watch_settlements();
  auto written = std::async(std::launch::async,
                            [&] { return work.write_all(); });
  CAF_CHECK(work.calls.wait_for(count / 8));
  auto before = work.errors.size();
  network.set(relay::mode::swallow);
  CAF_CHECK(work.errors.wait_for(before + 2));
  network.set(relay::mode::refuse); // what was under way never arrives
  network.set(relay::mode::pass);
  CAF_CHECK(written.get());
  work.check_all_done();
}
