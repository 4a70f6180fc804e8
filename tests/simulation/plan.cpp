#include "plan.hpp"

#include <chrono>
#include <stdexcept>

namespace simulation {

using namespace std::chrono_literals;

int64_t plan::handler_timeout() const {
  return std::chrono::duration_cast<std::chrono::microseconds>(
           options.handler_timeout)
    .count();
}

bool plan::has_prompt_store() const {
  auto& x = store_troubles;
  return x.slow + x.refused + x.request_lost + x.answer_lost + x.late == 0;
}

plan make_plan(world& where) {
  plan x;
  auto& o = x.options;
  o.store.url = "memory:simulation";
  o.store.connect_timeout = 300ms;
  o.store.statement_timeout = 600ms;
  o.store.deadline = 900ms;
  o.iteration_rate = 500ms;
  o.iteration_seed = 0;
  o.lease_duration = 2s;
  o.handler_timeout = where.between(500ms, 1900ms);
  o.backoff = {50ms, 500ms, 1.5};
  // Small, so that there is more than one of a batch.
  o.batch_size = 3;
  o.max_in_flight = 4 + static_cast<uint32_t>(where.below(8));
  o.write_batch_size = 4;
  o.request_timeout = 3s;
  o.drain_grace = where.between(0ms, 1s);
  o.max_stuck_workers = 2;
  o.retention_days = 0;
  // One in three has deliveries that die; in the others none may.
  auto mortal = where.chance(33);
  o.max_attempts = mortal ? 3 : 10'000;
  if (auto err = o.validate())
    throw std::logic_error(inbox::describe(err));
  auto up_to = [&where](uint64_t n) { return where.below(n + 1); };
  x.concurrency = 1 + static_cast<uint32_t>(where.below(2));
  x.turmoil = where.between(1s, 5s);
  x.writers = 1 + where.below(3);
  x.how.slow = where.chance(30) ? 0 : up_to(60);
  x.how.failing = up_to(mortal ? 50 : 10);
  x.how.throwing = up_to(4);
  auto roll = where.below(100);
  x.calm = roll < 25;
  if (x.calm)
    return x;
  if (where.chance(70))
    x.store_troubles = {up_to(10), up_to(8), up_to(4), up_to(6), up_to(4)};
  if (roll < 50)
    return x;
  x.faults = 1 + where.below(4);
  x.how.overdue = up_to(5);
  x.how.endless = where.chance(30) ? up_to(5) : 0;
  x.how.deadly = where.chance(20) ? up_to(10) : 0;
  x.how.quitting = where.chance(30) ? up_to(20) : 0;
  return x;
}

std::vector<std::vector<inbox::event>> make_batches(world& where, size_t& ids) {
  std::vector<std::vector<inbox::event>> result(1 + where.below(3));
  for (auto& batch : result) {
    batch.resize(1 + where.below(3));
    for (auto& x : batch) {
      x.id.data[15] = static_cast<uint8_t>(++ids);
      x.id.data[14] = static_cast<uint8_t>(ids >> 8);
      x.type = where.chance(60) ? "order" : "refund";
      x.payload = inbox::payload{std::string(where.below(20), 'x')};
      if (where.chance(40))
        x.ordering_key = where.chance(50) ? "a" : "b";
    }
  }
  return result;
}

} // namespace simulation
