#include "../../nodes/gate.hpp"

#include "../support/far_actor.hpp"
#include "nodes_fixture.hpp"

// What other nodes reach, and what it lets through.

using namespace inbox;
using namespace inbox::test;

namespace {

class fixture : public nodes_fixture {
public:
  fixture()
    : inbox{play_inbox()},
      gate{start<gate_impl>(inbox.actor,
                            play<registering_actor>(added, removed),
                            play<greeting_actor>(greeted))} {
    // nop
  }

  template <class Reply, class Message>
  std::string refused_field(Message msg) {
    auto reply = begin<Reply>(gate, std::move(msg));
    CAF_REQUIRE(*reply && !**reply);
    CAF_CHECK_EQUAL(code_of((*reply)->error()), errc::invalid);
    return field_of((*reply)->error());
  }

  scripted_inbox inbox;
  script<registered_handler, register_handler> added;
  script<unregistered_handler, unregister_handler> removed;
  script<greet_peer, greet_peer> greeted;
  gate_actor gate;
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(gate_tests, fixture)

CAF_TEST(writes and questions go to the inbox) {
  CAF_CHECK(**begin<written_events>(gate, write_events{}));
  CAF_CHECK(**begin<inbox_stats>(gate, get_stats{}));
  CAF_CHECK(**begin<store_summary>(gate, get_summary{}));
  CAF_CHECK(**begin<event_record>(gate, find_event{}));
  CAF_CHECK(**begin<trace>(gate, find_trace{}));
  CAF_CHECK_EQUAL(inbox.writes.count(), 1u);
  CAF_CHECK_EQUAL(inbox.stats.count(), 1u);
  CAF_CHECK_EQUAL(inbox.summaries.count(), 1u);
  CAF_CHECK_EQUAL(inbox.found.count(), 1u);
  CAF_CHECK_EQUAL(inbox.followed.count(), 1u);
  tell(gate, announce_events{{"order"}});
  CAF_REQUIRE_EQUAL(inbox.announced.count(), 1u);
  CAF_CHECK_EQUAL(inbox.announced.last().event_types.at(0), "order");
  inbox.writes.fail_next(make_error(errc::busy, "writer", "is full"));
  auto refused = begin<written_events>(gate, write_events{});
  CAF_CHECK_EQUAL(code_of((*refused)->error()), errc::busy);
}

CAF_TEST(an answer counts only from whom was asked) {
  auto other = play<interface<answers<inbox_stats, get_stats>>>(inbox.stats);
  auto passes_on = sys.spawn([other](caf::event_based_actor* ptr) {
    return caf::behavior{[ptr, other](const get_stats& x) {
      return ptr->make_response_promise<inbox_stats>().delegate(other, x);
    }};
  });
  auto second = start<gate_impl>(caf::actor_cast<inbox_actor>(passes_on),
                                 play<registering_actor>(added, removed),
                                 play<greeting_actor>(greeted));
  auto reply = begin<inbox_stats>(second, get_stats{});
  CAF_REQUIRE(*reply && !**reply);
  CAF_CHECK_EQUAL((*reply)->error(), caf::sec::unexpected_response);
  stop(passes_on);
}

CAF_TEST(handlers go to the registrar) {
  auto handler = play_handler();
  CAF_CHECK(**begin<registered_handler>(gate, for_mail(handler.actor)));
  CAF_CHECK(**begin<unregistered_handler>(
    gate, unregister_handler{"order", "mail", false, handler.actor}));
  CAF_CHECK_EQUAL(added.count(), 1u);
  CAF_CHECK_EQUAL(removed.count(), 1u);
  CAF_CHECK_EQUAL(inbox.registered.count(), 0u);
}

CAF_TEST(only the own handlers) {
  for (auto& who : {make_far_actor(sys), caf::actor{}}) {
    CAF_CHECK_EQUAL(refused_field<registered_handler>(for_mail(who)),
                    "handler");
    CAF_CHECK_EQUAL(refused_field<unregistered_handler>(
                      unregister_handler{"order", "mail", false, who}),
                    "handler");
  }
  // Nobody in particular has no handlers.
  send_anonymously(gate, for_mail(play_handler().actor));
  settle_messages();
  CAF_CHECK_EQUAL(added.count(), 0u);
  CAF_CHECK_EQUAL(removed.count(), 0u);
}

CAF_TEST(peers go to the greeter if they are the own ones) {
  auto peer = play_handler().actor;
  CAF_CHECK(**begin<greet_peer>(gate, greet_peer{nth_id(1), peer}));
  CAF_REQUIRE_EQUAL(greeted.count(), 1u);
  CAF_CHECK(greeted.last().owner == nth_id(1));
  for (auto& who : {make_far_actor(sys), caf::actor{}})
    CAF_CHECK_EQUAL(refused_field<greet_peer>(greet_peer{nth_id(1), who}),
                    "peer");
  send_anonymously(gate, greet_peer{nth_id(1), peer});
  settle_messages();
  CAF_CHECK_EQUAL(greeted.count(), 1u);
}

CAF_TEST(the inbox and its fan-out are not for others to end) {
  CAF_CHECK_EQUAL(refused_field<drain_report>(drain_inbox{}), "drain_inbox");
  CAF_CHECK_EQUAL(refused_field<unregistered_handler>(unregister_handler{
                    "order", "mail", true, play_handler().actor}),
                  "forget");
  CAF_CHECK_EQUAL(inbox.drained.count(), 0u);
  CAF_CHECK_EQUAL(removed.count(), 0u);
}

CAF_TEST(it goes on whatever it is sent) {
  auto open = caf::actor_cast<caf::actor>(gate);
  send_anonymously(open, handler_down{});
  send_anonymously(open, end_duty{});
  send_anonymously(open, make_error(errc::stopped, "gate", "must end"));
  send_anonymously(open, caf::down_msg{inbox.actor.address(), {}});
  caf::anon_send_exit(gate, caf::exit_reason::user_shutdown);
  settle_messages();
  CAF_CHECK(**begin<inbox_stats>(gate, get_stats{}));
}

CAF_TEST_FIXTURE_SCOPE_END()
