#pragma once

#include "../support/actor_fixture.hpp"

#include "../../actors/writer.hpp"

namespace inbox::test {

/// A writer between a store whose commits take as long as a test wants, and a
/// poller.
class writer_fixture : public actor_fixture {
public:
  script<written_events, write_events> store;
  script<written_and_claimed, write_and_claim> claiming_store;
  script<added_route, add_route> routes;
  script<void, remove_route> removals;
  mailbox<poke_poller> pokes;
  mailbox<wake_others> alerts;
  script<current_demand, borrow_room> loans;
  mailbox<return_room> returned;
  writer_actor writer;
  timespan lease = std::chrono::seconds{20};

  writer_fixture() {
    store.answer_with([](const write_events& x) {
      written_events reply;
      for (auto& e : x.events)
        reply.receipts.push_back({e.id, write_result::stored, 1});
      return reply;
    });
    // Has claimed the first delivery of each event.
    claiming_store.answer_with([](const write_and_claim& x) {
      written_and_claimed reply;
      for (uint32_t n = 1; n <= x.events.size(); ++n) {
        reply.receipts.push_back({x.events[n - 1].id, write_result::stored, 1});
        reply.claimed.push_back(nth_delivery(n, x.demand[0].route));
      }
      return reply;
    });
    loans.answer_with([](const borrow_room&) { return current_demand{}; });
    restart({});
  }

  /// All connections follow the same scripts.
  void restart(writer_state::limits bounds, size_t connections = 1) {
    std::vector<writing_store> stores;
    while (stores.size() < connections)
      stores.push_back(play<writing_store>(store, claiming_store));
    writer = start<writer_impl>(std::move(stores),
                                play<routing_store>(routes, removals),
                                play<lending_actor>(pokes, loans, returned),
                                play<alerting_actor>(alerts), bounds,
                                nth_id(99), lease);
  }

  auto write(std::vector<event> events) {
    return begin<written_events>(writer, write_events{std::move(events)});
  }

  auto write(uint32_t first, uint32_t count) {
    return write(nth_events(first, count));
  }

  std::vector<uuid> ids(const pending<written_events>& reply) {
    std::vector<uuid> result;
    if (*reply && **reply)
      for (auto& x : (**reply)->receipts)
        result.push_back(x.id);
    return result;
  }

  static std::vector<uuid> ids(uint32_t first, uint32_t count) {
    std::vector<uuid> result;
    for (auto& x : nth_events(first, count))
      result.push_back(x.id);
    return result;
  }

  static errc code(const pending<written_events>& reply) {
    return *reply && !**reply ? code_of((*reply)->error()) : errc{};
  }

  /// Number of events in each statement so far.
  std::vector<size_t> sizes() const {
    std::vector<size_t> result;
    for (auto& x : store.got())
      result.push_back(x.events.size());
    return result;
  }

  inbox_stats stats() {
    return *ask<inbox_stats>(writer, get_stats{});
  }
};

} // namespace inbox::test
