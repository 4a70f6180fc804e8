#include "../../storage/postgres/event_ranges.hpp"
#include "../../storage/postgres/pack_width.hpp"
#include "../../storage/postgres/queue_scan.hpp"

#include <caf/test/unit_test.hpp>

#include <numeric>
#include <string>
#include <vector>

// How much of the tables a claim is to look at.

using namespace inbox;
using namespace inbox::postgres;

namespace {

/// Returns the ranges as "1-3 5-5".
std::string text(event_ranges x) {
  auto numbers = [](column<int64_t>& from) {
    std::vector<int64_t> result;
    if (!get(from.finish(), result))
      CAF_FAIL("not an array");
    return result;
  };
  auto first = numbers(x.first);
  auto last = numbers(x.last);
  CAF_REQUIRE_EQUAL(first.size(), x.count);
  CAF_REQUIRE_EQUAL(last.size(), x.count);
  std::string result;
  for (size_t i = 0; i < first.size(); ++i)
    result += (i > 0 ? " " : "") + std::to_string(first[i]) + "-"
              + std::to_string(last[i]);
  return result;
}

std::vector<event_seq> from_to(event_seq first, event_seq last) {
  std::vector<event_seq> result(static_cast<size_t>(last - first + 1));
  std::iota(result.begin(), result.end(), first);
  return result;
}

} // namespace

CAF_TEST(a range has no gap) {
  CAF_CHECK_EQUAL(text(ranges_of({})), "");
  CAF_CHECK_EQUAL(text(ranges_of({7})), "7-7");
  CAF_CHECK_EQUAL(text(ranges_of({1, 2, 3, 5, 8, 9})), "1-3 5-5 8-9");
}

CAF_TEST(numbers come in any order and more than once) {
  CAF_CHECK_EQUAL(text(ranges_of({9, 2, 1, 2, 8, 3, 9, 5})), "1-3 5-5 8-9");
}

CAF_TEST(a range is no longer than is good) {
  auto longest = event_ranges::longest;
  CAF_CHECK_EQUAL(text(ranges_of(from_to(1, longest))),
                  "1-" + std::to_string(longest));
  CAF_CHECK_EQUAL(text(ranges_of(from_to(1, longest + 1))),
                  "1-" + std::to_string(longest) + " "
                    + std::to_string(longest + 1) + "-"
                    + std::to_string(longest + 1));
}

CAF_TEST(a range may be shorter) {
  CAF_CHECK_EQUAL(text(ranges_of(from_to(1, 5), 2)), "1-2 3-4 5-5");
}

CAF_TEST(a pack is not of a size that a server gets anew each time) {
  pack_width packs;
  auto of = [&packs](size_t bytes_of_each) {
    packs.came(1000, 1000 * bytes_of_each);
    return packs.events();
  };
  auto longest = event_ranges::longest;
  CAF_CHECK_EQUAL(packs.events(), longest / 2);
  packs.came(0, 0);
  CAF_CHECK_EQUAL(packs.events(), longest / 2);
  CAF_CHECK_EQUAL(of(60), longest);
  CAF_CHECK_EQUAL(of(124), longest);
  CAF_CHECK_EQUAL(of(125), longest / 2);
  CAF_CHECK_EQUAL(of(248), longest / 2);
  CAF_CHECK_EQUAL(of(249), longest / 4);
  CAF_CHECK_EQUAL(of(264), longest / 4);
  CAF_CHECK_EQUAL(of(265), longest);
  CAF_CHECK_EQUAL(of(8192), longest);
  packs.came(0, 0);
  CAF_CHECK_EQUAL(packs.events(), longest);
}

CAF_TEST(ranges are dense if each has some events) {
  CAF_CHECK(ranges_of({1, 2, 3, 4}).dense());
  CAF_CHECK(!ranges_of({1, 2, 3}).dense());
  CAF_CHECK(ranges_of({1, 2, 3, 4, 5, 6, 7, 9}).dense());
  CAF_CHECK(!ranges_of({1, 2, 3, 5, 6, 7, 9}).dense());
}

CAF_TEST(a claim looks at some more rows than the last one took) {
  queue_scan scan;
  auto after = [&scan](uint32_t rows) {
    scan.took(1, rows);
    return scan.width(1);
  };
  CAF_CHECK_EQUAL(scan.width(1), most_rows);
  CAF_CHECK_EQUAL(after(0), most_rows);
  CAF_CHECK_EQUAL(after(1), fewest_rows);
  CAF_CHECK_EQUAL(after(0), fewest_rows);
  CAF_CHECK_EQUAL(after(fewest_rows - 1), fewest_rows + 1);
  CAF_CHECK_EQUAL(after(fewest_rows), fewest_rows + 2);
  // Whatever it had looked at was taken: there may be far more.
  CAF_CHECK_EQUAL(after(fewest_rows + 2), 4 * (fewest_rows + 2));
  CAF_CHECK_EQUAL(after(20), 25u);
  CAF_CHECK_EQUAL(after(25), 100u);
  CAF_CHECK_EQUAL(after(100), most_rows);
  CAF_CHECK_EQUAL(after(most_rows - 1), most_rows);
  CAF_CHECK_EQUAL(after(4'000'000'000), most_rows);
  CAF_CHECK_EQUAL(scan.width(2), most_rows);
}

CAF_TEST(the place of a claim in the queue is that of its route) {
  queue_scan scan;
  auto start = scan.passed(1);
  scan.pass(1, 7);
  scan.pass(1, 5);
  scan.took(1, 3);
  CAF_CHECK_EQUAL(scan.passed(1), 7);
  CAF_CHECK_EQUAL(scan.passed(2), start);
  scan.pass_later(1, 9);
  CAF_CHECK_EQUAL(scan.passed(1), 7);
  scan.pass_later(1, 12);
  CAF_CHECK_EQUAL(scan.passed(1), 9);
  scan.pass_later(1, 11);
  CAF_CHECK_EQUAL(scan.passed(1), 12);
  scan.pass(1, 15);
  CAF_CHECK_EQUAL(scan.passed(1), 15);
  scan.rewind();
  CAF_CHECK_EQUAL(scan.passed(1), start);
  CAF_CHECK_EQUAL(scan.width(1), fewest_rows);
}
