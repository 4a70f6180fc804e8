// Uses the library as an application does: includes the front door, links, and
// has an event written, handled and settled over SQLite.

#include <inbox/inbox.hpp>

#include <caf/caf_main.hpp>

#include <cstdio>
#include <future>
#include <iostream>

namespace {

int fail(const std::string& what, const caf::error& reason) {
  std::cerr << what << ": " << inbox::describe(reason) << '\n';
  return EXIT_FAILURE;
}

} // namespace

int caf_main(caf::actor_system& sys) {
  std::promise<std::string> handled;
  inbox::registry handlers;
  auto handle = [&handled](const inbox::delivery& x) {
    handled.set_value(std::string{x.payload()});
  };
  if (auto err = handlers.on("order", "mail", handle))
    return fail("not registered", err);
  std::remove("consumer.db");
  inbox::options options;
  options.store.url = "sqlite:consumer.db";
  auto actor = inbox::spawn_inbox(sys, options, handlers);
  if (!actor)
    return fail("not started", actor.error());
  inbox::client box{sys, *actor};
  auto event = inbox::make_event(inbox::make_id(), "order", "two chairs");
  if (!event)
    return fail("not made", event.error());
  auto receipt = box.write(*event);
  if (!receipt)
    return fail("not written", receipt.error());
  auto got = handled.get_future().get();
  auto report = box.drain();
  if (!report)
    return fail("not drained", report.error());
  if (receipt->result != inbox::write_result::stored || got != "two chairs"
      || report->abandoned != 0) {
    std::cerr << "stored " << to_string(receipt->result) << ", handled \""
              << got << "\", abandoned " << report->abandoned << '\n';
    return EXIT_FAILURE;
  }
  return EXIT_SUCCESS;
}

CAF_MAIN(caf::id_block::inbox)
