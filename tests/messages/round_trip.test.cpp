#include "full_samples.hpp"

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/binary_deserializer.hpp>
#include <caf/binary_serializer.hpp>
#include <caf/byte_buffer.hpp>
#include <caf/deep_to_string.hpp>
#include <caf/event_based_actor.hpp>
#include <caf/message.hpp>
#include <caf/test/dsl.hpp>

#include <limits>
#include <set>
#include <type_traits>

// Every message type crosses the wire and comes back as it was.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

handle_event some_request() {
  handle_event result;
  result.event = full_event();
  result.handler_key = "mail";
  result.attempt = 2;
  result.max_attempts = 5;
  result.timeout = 1500ms;
  return result;
}

delivery_died some_obituary() {
  return {some_id(3), "order", "mail", 5, "no paper"};
}

class fixture {
public:
  caf::actor_system_config cfg;
  caf::actor_system sys{cfg};
  caf::actor someone = sys.spawn(
    [](caf::event_based_actor*) { return caf::behavior{[](int32_t) {}}; });
  std::set<caf::type_id_t> checked;

  ~fixture() {
    caf::anon_send_exit(someone, caf::exit_reason::user_shutdown);
  }

  template <class T>
  void check(T x) {
    CAF_MESSAGE(caf::query_type_name(caf::type_id_v<T>));
    checked.insert(caf::type_id_v<T>);
    caf::byte_buffer buffer;
    caf::binary_serializer sink{sys, buffer};
    CAF_REQUIRE(sink.apply(x));
    T copy{};
    caf::binary_deserializer source{sys, buffer};
    CAF_REQUIRE(source.apply(copy));
    CAF_CHECK_EQUAL(source.remaining(), 0u);
    CAF_CHECK_EQUAL(caf::deep_to_string(copy), caf::deep_to_string(x));
    caf::byte_buffer again;
    caf::binary_serializer second_sink{sys, again};
    CAF_REQUIRE(second_sink.apply(copy));
    CAF_CHECK(again == buffer); // a text may hide a difference of bytes
    // CAF makes an error of an error code when it goes into a message.
    if constexpr (!std::is_same_v<T, errc>)
      check_message(x);
    check_cut_off<T>(buffer);
  }

private:
  /// As a message its type id travels with it.
  template <class T>
  void check_message(const T& x) {
    auto wrapped = caf::make_message(x);
    caf::byte_buffer buffer;
    caf::binary_serializer sink{sys, buffer};
    CAF_REQUIRE(sink.apply(wrapped));
    caf::message copy;
    caf::binary_deserializer source{sys, buffer};
    CAF_REQUIRE(source.apply(copy));
    CAF_REQUIRE(copy.match_elements<T>());
    CAF_CHECK_EQUAL(caf::deep_to_string(copy), caf::deep_to_string(wrapped));
  }

  /// A message that was cut off is an error and nothing worse.
  template <class T>
  void check_cut_off(const caf::byte_buffer& buffer) {
    for (size_t size = 0; size < buffer.size(); ++size) {
      caf::byte_buffer part(buffer.begin(),
                            buffer.begin() + static_cast<ptrdiff_t>(size));
      T copy{};
      caf::binary_deserializer source{sys, part};
      CAF_REQUIRE(!source.apply(copy));
    }
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(round_trip_tests, fixture)

CAF_TEST(every message type comes back as it was) {
  check(errc::outcome_unknown);
  check(status::dead);
  check(verdict::released);
  check(write_result::unrouted);
  check(add_route{"order", "mail"});
  check(borrow_room{});
  check(added_route{-1});
  check(claim_deliveries{
    some_id(4), {{1, 2}, {3, 4}}, 5, 20s, 6, 7, 8, true, true});
  claimed_delivery claimed;
  claimed.lease = some_lease;
  claimed.event = full_event();
  claimed.attempt = 7;
  claimed.perilous = true;
  buried_delivery buried;
  buried.event_id = some_id(5);
  buried.message = "lease expired";
  check(claimed_deliveries{{claimed, claimed}, {buried}, true, true});
  check(current_demand{{{1, 2}}, {1, 3}, 4, 5});
  check(some_obituary());
  check(dispatch_deliveries{{claimed}, 9s});
  check(drain_dispatcher{10s});
  check(announce_events{{"order", ""}});
  check(refuse_ends{{{some_lease, "no"}}});
  check(drain_inbox{});
  check(drain_report{1, 2, 3, 4});
  check(end_duty{});
  check(end_leases{{some_lease, {}}});
  check(erase_events{some_lease.seq, 5, 24h * 60, true, 7});
  check(erased_events{1, 2, some_lease.seq});
  check(error_occurred{make_error(errc::busy, "store", "text")});
  check(error_occurred{caf::make_error(caf::sec::request_timeout)});
  check(event_record{full_event(), full_info().due, {full_info(), {}}});
  check(event_record{});
  check(find_event{some_id(6)});
  check(found_owner{true, false, full_info().due, 7});
  check(functions_returned{});
  check(get_demand{});
  check(get_leases{});
  check(get_owner{});
  check(get_stats{});
  check(get_summary{});
  check(go_on_listening{});
  check(greet_peer{some_id(1), someone});
  check(some_request());
  function_job job{some_lease, some_request(), 6s};
  check(job);
  check(handle_events{{job, {}}});
  handled_event end{some_lease, failed("no paper"), 8s, {true, true}};
  check(end);
  check(handled_events{{end}, {some_lease}, true});
  check(handler_down{someone.address()});
  check(held_leases{{some_lease}});
  check(inbox_owner{some_id(2)});
  inbox_stats stats;
  stats.stored = std::numeric_limits<uint64_t>::max();
  stats.present = true;
  stats.peers = 2;
  stats.peers_present = 1;
  stats.lanes = {{"order", "mail", 1, 2, 3, 4, true}, {}};
  check(stats);
  check(leave_route{10, someone});
  check(look_for_owner{some_id(3), true, full_info().due});
  check(lose_leases{{some_lease}});
  check(lose_peer{someone.address(), true, true});
  check(meet_peer{some_id(4), someone});
  check(extend_leases{{some_lease}, 5s});
  check(snoozed(-5s));
  check(done(every_kind_of_parameter(), {full_event()}));
  check(peer_word{true, {{"order", "mail"}}});
  check(poke_poller{});
  check(presence_changed{true});
  check(register_handler{"order", "mail", someone, 11, true});
  check(register_handler{});
  check(registered_handler{true});
  check(remove_route{"order", "mail"});
  check(renew_leases{{some_lease}, 20s});
  check(renewed_leases{{some_lease}});
  check(return_events{});
  check(return_room{{claimed}, 9s});
  check(route_events{{1, 2}, 13});
  check(routed_events{14});
  check(run_functions{});
  check(store_reopened{});
  check(serve_route{16, "order", "mail", someone, 17, true, true});
  check(settle_jointly{{full_settlement()}, true});
  check(settled_jointly{{some_lease}, {some_lease}, {{some_lease, "no"}}});
  check(settle_deliveries{{{some_lease, verdict::failed, 5s, "no paper"}}});
  ended_attempt death{{some_lease, verdict::dead, {}, "x"},
                      std::make_shared<const delivery_died>(some_obituary()),
                      true};
  check(death);
  check(settle_attempts{{death}});
  check(settled_deliveries{{some_lease}, {some_lease}});
  check(
    store_summary{{{"order", "mail", 1, 2, 3, 4, 5, true}}, {{"invoice", 6}}});
  check(unregister_handler{"order", "mail", true, someone});
  check(unregistered_handler{true, 1});
  check(wake_others{{{"order"}}});
  check(wake_up{{"order", ""}});
  check(write_and_claim{{full_event()}, some_id(4), {{1, 2}}, 20s});
  check(
    written_and_claimed{{{some_id(1), write_result::stored, 2}}, {claimed}});
  check(write_events{{full_event(), event{}}});
  check(written_events{{{some_id(7), write_result::stored, 18}}});
  check(find_trace{some_id(6), 7});
  auto traced = full_traced();
  check(trace{{traced, traced}, traced, {traced, {}}, false});
  check(trace{});
  using block = caf::id_block::inbox;
  for (auto id = block::begin; id < block::end; ++id) {
    CAF_MESSAGE(caf::query_type_name(id));
    CAF_CHECK_EQUAL(checked.count(id), 1u);
  }
}

CAF_TEST(the first and the last date come back as they were) {
  // CAF prints dates by the nanosecond, which it cannot for these.
  for (auto micros : {-62'135'596'800'000'000, 253'402'300'799'999'999}) {
    auto x = full_event();
    x.date = timestamp{std::chrono::microseconds{micros}};
    caf::byte_buffer buffer;
    caf::binary_serializer sink{sys, buffer};
    CAF_REQUIRE(sink.apply(x));
    event copy;
    caf::binary_deserializer source{sys, buffer};
    CAF_REQUIRE(source.apply(copy));
    CAF_CHECK(copy.date == x.date);
  }
}

CAF_TEST(a number that is no value of an enum is refused) {
  for (auto number : {uint8_t{5}, uint8_t{100}, uint8_t{255}}) {
    caf::byte_buffer buffer;
    caf::binary_serializer sink{sys, buffer};
    CAF_REQUIRE(sink.apply(number));
    status x{};
    caf::binary_deserializer source{sys, buffer};
    CAF_CHECK(!source.apply(x));
  }
}

CAF_TEST(enums are shown by their names) {
  CAF_CHECK_EQUAL(caf::deep_to_string(status::in_progress), "in_progress");
  CAF_CHECK_EQUAL(caf::deep_to_string(verdict::snoozed), "snoozed");
  CAF_CHECK_EQUAL(caf::deep_to_string(write_result::stored), "stored");
  CAF_CHECK_EQUAL(caf::deep_to_string(errc::busy), "busy");
}

CAF_TEST(statistics add up) {
  inbox_stats x;
  x.stored = x.duplicates = x.unrouted = x.writing = x.claimed = x.done
    = x.failed = x.dead = x.snoozed = x.released = x.lost = x.erased = x.errors
    = x.stuck_workers = x.replaced_workers = 1;
  x.lanes.resize(1);
  auto sum = x;
  sum += x;
  auto expected = x;
  expected.stored = expected.duplicates = expected.unrouted = expected.writing
    = expected.claimed = expected.done = expected.failed = expected.dead
    = expected.snoozed = expected.released = expected.lost = expected.erased
    = expected.errors = expected.stuck_workers = expected.replaced_workers = 2;
  expected.lanes.resize(2);
  CAF_CHECK_EQUAL(caf::deep_to_string(sum), caf::deep_to_string(expected));
}

CAF_TEST_FIXTURE_SCOPE_END()
