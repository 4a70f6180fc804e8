#include "../../actors/joint_work.hpp"

#include "../support/samples.hpp"

#include <caf/test/dsl.hpp>

using namespace inbox;
using namespace inbox::test;

namespace {

outcome complete(outcome x) {
  return with_joint_work(std::move(x), nth_id(1), "mail", 100);
}

/// Returns why an answer fails, or nothing.
std::string failure(outcome x) {
  auto result = complete(std::move(x));
  CAF_CHECK(result.verdict != verdict::failed || !result.is_joint());
  return result.verdict == verdict::failed ? result.message : "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

event unnamed() {
  event result;
  result.type = "bill";
  return result;
}

} // namespace

CAF_TEST(a good answer stays as it is) {
  auto x = done({sql("select $1", 1)}, {nth_event(7)});
  x.events[0].cause = nth_id(9);
  CAF_CHECK_EQUAL(complete(x), x);
}

CAF_TEST(a failed attempt leaves nothing behind) {
  auto x = failed("no paper");
  x.effects.push_back(sql("select 1"));
  x.events.push_back(nth_event(7));
  CAF_CHECK_EQUAL(complete(x), failed("no paper"));
}

CAF_TEST(an event of a delivery that goes on needs an id of its own) {
  auto x = snoozed(std::chrono::seconds{1});
  x.events = {nth_event(7), unnamed()};
  CAF_CHECK(contains(failure(x), "events[1].id"));
  x.events.pop_back();
  x.events[0].cause = nth_id(1);
  CAF_CHECK_EQUAL(complete(x), x);
  x = dead("no paper");
  x.events = {unnamed()};
  CAF_CHECK(complete(x).events.at(0).id == emitted_id(nth_id(1), "mail", 0));
}

CAF_TEST(an emitted event names its cause unless it names another one) {
  auto x = done({}, {unnamed(), nth_event(7), nth_event(8)});
  x.events[2].cause = nth_id(9);
  auto events = complete(x).events;
  CAF_REQUIRE_EQUAL(events.size(), 3u);
  CAF_CHECK(events[0].cause == nth_id(1));
  CAF_CHECK(events[1].cause == nth_id(1));
  CAF_CHECK(events[2].cause == nth_id(9));
}

CAF_TEST(an event that is emitted again by its own handler is no cause) {
  auto x = done({}, {nth_event(1)});
  CAF_CHECK_EQUAL(complete(x), x);
}

CAF_TEST(bad events are named) {
  auto endless = nth_event(7);
  endless.cause = nth_id(7);
  CAF_CHECK(contains(failure(done({}, {endless})), "events[0].cause"));
  auto large = nth_event(7);
  large.payload = std::string(101, 'x');
  CAF_CHECK(contains(failure(done({}, {large})), "events[0].payload"));
  auto typeless = nth_event(7);
  typeless.type = "";
  CAF_CHECK(
    contains(failure(done({}, {nth_event(8), typeless})), "events[1].type"));
}

CAF_TEST(bad effects are named) {
  CAF_CHECK(contains(failure(done({sql("select 1"), sql("commit")})),
                     "effects[1].statement"));
}
