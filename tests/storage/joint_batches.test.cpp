#include "../../storage/joint_batches.hpp"

#include "../../messages/error.hpp"

#include <caf/test/dsl.hpp>

#include <algorithm>
#include <map>
#include <set>

// Which attempts are tried together, and which are refused.

using namespace inbox;

namespace {

/// A database that knows of each settlement by its number what is wrong.
class fixture {
public:
  std::vector<settlement> all;
  /// To blame, and found to be.
  std::set<event_seq> bad;
  /// To blame, but nobody knows.
  std::set<event_seq> secret;
  /// To blame, which the commit finds, or a check behind each.
  std::set<event_seq> deferred;
  /// Others are in the way so often.
  std::map<event_seq, int> hindered;
  std::set<event_seq> lost;
  std::vector<event_seq> committed;
  size_t executed = 0;
  size_t tries = 0;

  settled_jointly settle(size_t count) {
    joint_batch batch;
    all.resize(count);
    for (size_t i = 0; i < count; ++i) {
      all[i].lease.seq = static_cast<event_seq>(i);
      batch.push_back(&all[i]);
    }
    auto result = settle_in_batches(batch, [this](const joint_batch& x,
                                                  deferred_check when) {
      return caf::expected<joint_try>{attempt(x, when)};
    });
    CAF_REQUIRE(result);
    return *result;
  }

  static std::vector<event_seq> refused(const settled_jointly& x) {
    std::vector<event_seq> result;
    for (auto& y : x.refused)
      result.push_back(y.lease.seq);
    std::sort(result.begin(), result.end());
    return result;
  }

private:
  joint_try attempt(const joint_batch& x, deferred_check when) {
    ++tries;
    joint_try result;
    for (size_t i = 0; i < x.size(); ++i) {
      auto seq = x[i]->lease.seq;
      ++executed;
      if (lost.count(seq) > 0)
        result.lost.push_back(i);
      auto is_found = when == deferred_check::behind_each
                      && deferred.count(seq) > 0;
      if (bad.count(seq) > 0 || is_found) {
        result.culprit = i;
        result.reason = "bad";
        return result;
      }
      if (hindered[seq] > 0) {
        --hindered[seq];
        result.culprit = i;
        result.reason = "hindered";
        result.again = true;
        return result;
      }
    }
    for (auto* y : x)
      if (auto is_late = deferred.count(y->lease.seq) > 0;
          is_late || secret.count(y->lease.seq) > 0) {
        result.reason = "secret";
        result.found_late = is_late;
        return result;
      }
    if (!result.lost.empty())
      return result;
    for (auto* y : x)
      committed.push_back(y->lease.seq);
    result.committed = true;
    return result;
  }
};

using seqs = std::vector<event_seq>;

} // namespace

CAF_TEST_FIXTURE_SCOPE(joint_batches_tests, fixture)

CAF_TEST(what is good commits together) {
  auto result = settle(100);
  CAF_CHECK_EQUAL(tries, 1u);
  CAF_CHECK_EQUAL(committed.size(), 100u);
  CAF_CHECK(result.lost.empty() && result.refused.empty());
}

CAF_TEST(those to blame are left out and the others stay in order) {
  bad = {0, 3, 4, 9};
  CAF_CHECK_EQUAL(refused(settle(10)), (seqs{0, 3, 4, 9}));
  CAF_CHECK_EQUAL(committed, (seqs{1, 2, 5, 6, 7, 8}));
}

CAF_TEST(each is executed a few times however many are to blame) {
  for (event_seq n = 0; n < 100; n += 2)
    bad.insert(n);
  CAF_CHECK_EQUAL(settle(100).refused.size(), 50u);
  CAF_CHECK_EQUAL(committed.size(), 50u);
  CAF_CHECK_LESS_OR_EQUAL(executed, 200u);
}

CAF_TEST(halves find whom nobody knows) {
  secret = {37};
  auto result = settle(100);
  CAF_CHECK_EQUAL(refused(result), (seqs{37}));
  CAF_CHECK_EQUAL(result.refused[0].reason, "secret");
  CAF_CHECK_EQUAL(committed.size(), 99u);
  CAF_CHECK_LESS_OR_EQUAL(tries, 15u);
}

CAF_TEST(whom the commit finds is looked for by checks behind each) {
  deferred = {37, 80};
  CAF_CHECK_EQUAL(refused(settle(100)), (seqs{37, 80}));
  CAF_CHECK_EQUAL(committed.size(), 98u);
  // As a whole; up to the first one; those before it; and so on.
  CAF_CHECK_EQUAL(tries, 6u);
  CAF_CHECK_LESS_OR_EQUAL(executed, 300u);
}

CAF_TEST(whom no check finds is looked for in halves) {
  deferred = {37};
  secret = {80};
  CAF_CHECK_EQUAL(refused(settle(100)), (seqs{37, 80}));
  CAF_CHECK_EQUAL(committed.size(), 98u);
}

CAF_TEST(what others hinder is tried again) {
  hindered = {{1, 2}, {2, 1}};
  CAF_CHECK(settle(4).refused.empty());
  CAF_CHECK_EQUAL(committed.size(), 4u);
}

CAF_TEST(what others hinder once is tried again as a whole) {
  hindered = {{1, 1}};
  CAF_CHECK(settle(100).refused.empty());
  CAF_CHECK_EQUAL(tries, 2u);
}

CAF_TEST(what others hinder for ever is refused in the end) {
  hindered = {{1, 1000}};
  auto result = settle(4);
  CAF_CHECK_EQUAL(refused(result), (seqs{1}));
  CAF_CHECK_EQUAL(result.refused[0].reason, "hindered");
  CAF_CHECK_EQUAL(committed, (seqs{0, 2, 3}));
}

CAF_TEST(the lost are told once) {
  lost = {1, 3};
  bad = {2};
  auto result = settle(5);
  CAF_CHECK_EQUAL(result.lost.size(), 2u);
  CAF_CHECK_EQUAL(refused(result), (seqs{2}));
  CAF_CHECK_EQUAL(committed, (seqs{0, 4}));
}

CAF_TEST(an error that none is to blame for ends it) {
  settlement one;
  auto result
    = settle_in_batches({&one}, [](const joint_batch&, deferred_check) {
        return caf::expected<joint_try>{
          make_error(errc::connection_lost, "store", "gone")};
      });
  CAF_REQUIRE(!result);
  CAF_CHECK_EQUAL(code_of(result.error()), errc::connection_lost);
}

CAF_TEST_FIXTURE_SCOPE_END()
