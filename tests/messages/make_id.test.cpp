#include "../../messages/make_id.hpp"

#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>
#include <caf/test/dsl.hpp>

#include <algorithm>
#include <thread>
#include <vector>

using namespace inbox;
using namespace std::chrono;

namespace {

uuid from(const char* text) {
  return boost::uuids::string_generator{}(text);
}

system_clock::time_point at(nanoseconds since_1970) {
  return system_clock::time_point{
    duration_cast<system_clock::duration>(since_1970)};
}

const uuid all_ones = from("ffffffff-ffff-ffff-ffff-ffffffffffff");

} // namespace

CAF_TEST(an id is laid out as in the example of RFC 9562) {
  // Appendix A.6; its 12 bits behind the time are random, here they are 3,267
  // of 4,096 parts of a millisecond.
  auto then = at(milliseconds{0x017F22E279B0} + nanoseconds{797608});
  auto random = from("00000000-0000-0000-18c4-dc0c0c07398f");
  CAF_CHECK_EQUAL(to_string(make_id(then, random)),
                  "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
  CAF_CHECK_EQUAL(to_string(make_id(at(nanoseconds{0}), all_ones)),
                  "00000000-0000-7000-bfff-ffffffffffff");
  CAF_CHECK_EQUAL(to_string(make_id(at(nanoseconds{999999}), uuid{})),
                  "00000000-0000-7fff-8000-000000000000");
}

CAF_TEST(ids are in the order of their time) {
  for (auto now : {nanoseconds{0}, nanoseconds{hours{24 * 365 * 56}}})
    for (auto later : {nanoseconds{245}, nanoseconds{microseconds{1}},
                       nanoseconds{milliseconds{1}}, nanoseconds{hours{1}}})
      CAF_CHECK_LESS(make_id(at(now), all_ones), make_id(at(now + later), {}));
}

CAF_TEST(an id has the time at which it is made) {
  auto before = make_id(system_clock::now(), {});
  auto made = make_id();
  auto after = make_id(system_clock::now(), all_ones);
  CAF_CHECK_LESS_OR_EQUAL(before, made);
  CAF_CHECK_LESS_OR_EQUAL(made, after);
}

CAF_TEST(no id is made twice) {
  constexpr size_t each = 50000;
  std::vector<uuid> made(4 * each);
  std::vector<std::thread> threads;
  for (size_t n = 0; n < 4; ++n)
    threads.emplace_back([&made, n] {
      std::generate_n(made.begin() + static_cast<std::ptrdiff_t>(n * each),
                      each, [] { return make_id(); });
    });
  for (auto& x : threads)
    x.join();
  std::sort(made.begin(), made.end());
  CAF_CHECK(std::adjacent_find(made.begin(), made.end()) == made.end());
}
