#include "harness.hpp"

// Bounds of one claim in bytes.

CAF_TEST_FIXTURE_SCOPE(claim_bytes_tests, fixture)

CAF_TEST(an answer is bounded by the bytes of its payloads) {
  auto mail = add("mail");
  auto sized = [](uint32_t n, size_t size) {
    auto result = make(n);
    result.payload = payload{std::string(size, 'x')};
    return result;
  };
  write({sized(1, 40), sized(2, 50), sized(3, 10), sized(4, 1), sized(5, 200),
         sized(6, 0)});
  auto claim_bytes = [&](uint64_t max_bytes) {
    return get(db->claim(
      {owner, {{mail, 9}}, 9, lease_duration, max_attempts, max_bytes}));
  };
  auto some = claim_bytes(100);
  CAF_CHECK_EQUAL(numbers(some), (ints{1, 2, 3}));
  CAF_CHECK(some.more);
  some = claim_bytes(0);
  CAF_CHECK_EQUAL(numbers(some), ints{4});
  CAF_CHECK(some.more);
  some = claim_bytes(100);
  CAF_CHECK_EQUAL(numbers(some), ints{5});
  CAF_CHECK(some.more);
  some = claim_bytes(100);
  CAF_CHECK_EQUAL(numbers(some), ints{6});
  CAF_CHECK(!some.more);
}

CAF_TEST(what is behind one that is too large for its claim is left) {
  auto mail = add("mail");
  // Each is due at a time of its own.
  for (uint32_t n = 1; n <= 3; ++n) {
    write(make(n));
    advance(1s);
  }
  auto claim_one_byte = [&](uint32_t room) {
    return get(
      db->claim({owner, {{mail, room}}, 9, lease_duration, max_attempts, 1}));
  };
  auto first = claim_one_byte(9);
  CAF_CHECK_EQUAL(numbers(first), ints{1});
  CAF_CHECK(first.more);
  // Nothing is left of what there was room for.
  auto second = claim_one_byte(1);
  CAF_CHECK_EQUAL(numbers(second), ints{2});
  CAF_CHECK(!second.more);
  auto third = claim_one_byte(9);
  CAF_CHECK_EQUAL(numbers(third), ints{3});
  CAF_CHECK(!third.more);
}

CAF_TEST(what a claim left for its size is as it was) {
  auto mail = add("mail");
  write({make(1), make(2)});
  auto first
    = get(db->claim({owner, {{mail, 9}}, 9, lease_duration, max_attempts, 1}));
  CAF_CHECK_EQUAL(numbers(first), ints{1});
  CAF_CHECK_EQUAL(info(2).attempts, 0u);
  CAF_CHECK_EQUAL(info(2).lease_token, 0);
  CAF_CHECK_EQUAL(claim_one(mail).attempt, 1u);
}

CAF_TEST(what is buried takes up no bytes) {
  auto mail = add("mail");
  write({make(1), make(2)});
  max_attempts = 1;
  claim(mail, 1);
  advance(60s);
  auto result
    = get(db->claim({owner, {{mail, 9}}, 9, lease_duration, max_attempts, 1}));
  CAF_CHECK_EQUAL(result.buried.size(), 1u);
  CAF_CHECK_EQUAL(numbers(result), ints{2});
  CAF_CHECK(!result.more);
}

CAF_TEST_FIXTURE_SCOPE_END()
