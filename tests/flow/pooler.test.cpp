#include "app.hpp"

#include <cstdlib>

// An inbox that does not know that there is a pooler before its server.

using namespace flow;
using inbox::status;

CAF_TEST(behind a pooler an inbox works and says once that it hears nothing) {
  if (std::getenv("INBOX_TEST_POOLER") == nullptr) {
    CAF_MESSAGE("not below tests/pooler/run: there is no pooler");
    return;
  }
  auto place = postgres_place();
  auto config = quick_options(*place);
  config.store.listen_url.clear();
  record<caf::error> errors;
  config.on_error = [&errors](const caf::error& err) { errors.add(err); };
  inbox::registry handlers;
  on(handlers, "order", "mail", [](const inbox::delivery&) {});
  app shop{config, handlers};
  shop.wait_until_ready(1);
  CAF_REQUIRE(errors.wait_for(1));
  CAF_CHECK_EQUAL(inbox::code_of(errors.all()[0]), inbox::errc::invalid);
  CAF_CHECK_EQUAL(inbox::field_of(errors.all()[0]), "options.store.listen_url");
  for (auto& x : shop.write(make_many(100)))
    CAF_CHECK_EQUAL(x.handlers, 1u);
  shop.wait_until_finished();
  CAF_CHECK_EQUAL(shop.final_stats().done, 100u);
  CAF_CHECK(!shop.stats().present);
  CAF_CHECK_EQUAL(errors.size(), 1u);
}
