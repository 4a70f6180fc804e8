#pragma once

#include "postgres_fixture.hpp"

/// What tests of writing share.
class postgres_write_fixture : public postgres_fixture {
public:
  /// Returns the number of deliveries, in the queue and behind it.
  long count_deliveries() {
    return count("status", "handler_key is not null");
  }

  /// Checks that no delivery is without its event.
  void check_no_orphans() {
    auto is_orphan = "not exists (select from " + table("event")
                     + " where seq = event_seq)";
    const std::string named = ", unnest(event_seqs) event_seq";
    CAF_CHECK_EQUAL(count("delivery", is_orphan), 0);
    for (auto name : {"queue", "claim", "done"})
      CAF_CHECK_EQUAL(count(name + named, is_orphan), 0);
  }
};
