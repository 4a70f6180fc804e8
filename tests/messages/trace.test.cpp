#include "../../messages/trace.hpp"

#include "../../messages/error.hpp"

#include <caf/test/dsl.hpp>

using namespace inbox;

CAF_TEST(the limit of a trace has bounds) {
  for (auto limit : {1u, 100u, max_trace_limit})
    CAF_CHECK(!check(find_trace{{}, limit}));
  CAF_CHECK(!check(find_trace{}));
  for (auto limit : {0u, max_trace_limit + 1, 0xFFFFFFFFu}) {
    auto err = check(find_trace{{}, limit});
    CAF_CHECK_EQUAL(code_of(err), errc::invalid);
    CAF_CHECK_EQUAL(field_of(err), "limit");
  }
}
