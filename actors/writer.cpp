#include "writer.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// Bounds the memory that one statement takes, whatever the events are.
constexpr size_t max_batch_bytes = 32 * 1024 * 1024;

// Record 17 has what it was measured with.
constexpr size_t least_share = 32;

size_t sum_of_bytes(const std::vector<event>& events) {
  size_t result = 0;
  for (auto& x : events)
    result += bytes_of(x);
  return result;
}

std::vector<event> events_of(const write_batch& batch) {
  std::vector<event> result;
  result.reserve(batch.events);
  for (auto& [owner, begin, n] : batch.parts) {
    auto first = owner->events.begin() + static_cast<std::ptrdiff_t>(begin);
    result.insert(result.end(), first, first + static_cast<std::ptrdiff_t>(n));
  }
  return result;
}

} // namespace

writer_state::writer_state(writer_actor::pointer self,
                           std::vector<writing_store> stores,
                           routing_store routes, lending_actor poller,
                           alerting_actor waker, limits bounds, uuid owner,
                           timespan lease_duration)
  : self_{self},
    routes_{std::move(routes)},
    poller_{std::move(poller)},
    waker_{std::move(waker)},
    limits_{bounds},
    owner_{owner},
    lease_duration_{lease_duration},
    queue_{{bounds.batch_events, max_batch_bytes, least_share}} {
  for (auto& x : stores)
    connections_.push_back({std::move(x)});
}

bool writer_state::is_free(const connection& x) const {
  return routes_asked_ == 0 && !x.is_busy
         && x.rests_until <= monotonic_now(self_);
}

size_t writer_state::count_free() const {
  auto n = std::count_if(connections_.begin(), connections_.end(),
                         [this](auto& x) { return is_free(x); });
  return static_cast<size_t>(n);
}

caf::result<written_events> writer_state::accept(write_events& x) {
  if (ending_)
    return make_error(errc::stopped, "inbox", "is draining");
  if (x.events.size() > limits_.waiting_events)
    return make_error(errc::invalid, "events",
                      "are more than max_waiting_writes, which is "
                        + std::to_string(limits_.waiting_events));
  if (auto err = check(x.events, limits_.payload_bytes))
    return err;
  auto bytes = sum_of_bytes(x.events);
  if (bytes > limits_.waiting_bytes)
    return make_error(errc::invalid, "events",
                      "have more bytes than max_waiting_bytes, which is "
                        + std::to_string(limits_.waiting_bytes));
  if (waiting_ + x.events.size() > limits_.waiting_events
      || waiting_bytes_ + bytes > limits_.waiting_bytes)
    return make_error(errc::busy, "inbox", "too many events wait to be stored");
  if (x.events.empty())
    return written_events{};
  auto added = std::make_shared<write_call>();
  added->events = std::move(x.events);
  added->receipts.resize(added->events.size());
  added->reply = self_->make_response_promise<written_events>();
  added->bytes = bytes;
  waiting_ += added->events.size();
  waiting_bytes_ += bytes;
  queue_.push(added);
  flush();
  return added->reply;
}

caf::result<added_route> writer_state::add(const add_route& x) {
  ++routes_asked_;
  auto reply = self_->make_response_promise<added_route>();
  auto answered = [this, reply](auto& answer) mutable {
    --routes_asked_;
    reply.deliver(std::move(answer));
    flush();
  };
  request(self_, routes_, caf::infinite, x)
    .then([answered](added_route& y) mutable { answered(y); },
          [answered](caf::error& err) mutable { answered(err); });
  return reply;
}

caf::result<void> writer_state::remove(const remove_route& x) {
  auto reply = self_->make_response_promise<void>();
  request(self_, routes_, caf::infinite, x)
    .then([reply]() mutable { reply.deliver(); },
          [reply](caf::error& err) mutable { reply.deliver(std::move(err)); });
  return reply;
}

void writer_state::flush() {
  if (asking_)
    return; // the answer comes back here
  if (count_free() == 0 || !queue_.is_ready()) {
    finish_duty();
    return;
  }
  asking_ = true;
  auto answered = [this](current_demand room) {
    asking_ = false;
    write(std::move(room));
    flush();
  };
  request(self_, poller_, caf::infinite, borrow_room{})
    .then([answered](current_demand& room) { answered(std::move(room)); },
          [answered](const caf::error&) { answered({}); });
}

write_batch writer_state::next_batch(const current_demand& room) {
  auto free = count_free();
  if (free == 0)
    return {}; // since the question for room a route is being added
  // What can be claimed goes in one statement: there is room for one only.
  return queue_.take(room.demand.empty() ? queue_.share_of(free)
                                         : limits_.batch_events);
}

void writer_state::write(current_demand room) {
  // May be empty; what waited may also have been given up since the question.
  auto batch = next_batch(room);
  auto claims = !batch.parts.empty() && !room.demand.empty()
                && batch.bytes <= room.bytes;
  if (!room.demand.empty() && !claims)
    send(self_, poller_, return_room{});
  if (claims)
    write_and_claim_for(std::move(batch), std::move(room.demand));
  else if (!batch.parts.empty())
    write_only(std::move(batch));
}

size_t writer_state::begin_statement() {
  auto first = std::find_if(connections_.begin(), connections_.end(),
                            [this](auto& x) { return is_free(x); });
  first->is_busy = true;
  return static_cast<size_t>(first - connections_.begin());
}

// No deadline in the requests: the store worker has its own and always answers,
// and an answer that was given up would leave the outcome unknown without need.
void writer_state::write_only(write_batch batch) {
  auto which = begin_statement();
  request(self_, connections_[which].store, caf::infinite,
          write_events{events_of(batch)})
    .then(
      [this, which, batch](const written_events& reply) {
        written(which, batch, reply.receipts, 0);
      },
      [this, which, batch](const caf::error& err) {
        failed(which, batch, err);
      });
}

void writer_state::write_and_claim_for(write_batch batch,
                                       std::vector<route_demand> demand) {
  auto which = begin_statement();
  auto trusted_until = monotonic_now(self_) + trust_in(lease_duration_);
  request(self_, connections_[which].store, caf::infinite,
          write_and_claim{events_of(batch), owner_, std::move(demand),
                          lease_duration_})
    .then(
      [this, which, batch, trusted_until](written_and_claimed& reply) {
        auto claimed = reply.claimed.size();
        send(self_, poller_,
             return_room{std::move(reply.claimed), trusted_until});
        written(which, batch, reply.receipts, claimed);
      },
      [this, which, batch](const caf::error& err) {
        send(self_, poller_, return_room{});
        failed(which, batch, err);
      });
}

void writer_state::finish_duty() {
  if (!ending_ || !queue_.is_idle())
    return;
  for (auto& waiting : ended_)
    waiting.deliver();
  ended_.clear();
}

writer_actor::behavior_type writer_state::make_behavior() {
  return {
    [this](write_events& x) { return accept(x); },
    [this](const add_route& x) { return add(x); },
    [this](const remove_route& x) { return remove(x); },
    [this](const get_stats&) {
      auto result = stats_;
      result.writing = waiting_;
      return result;
    },
    [this](const end_duty&) -> caf::result<void> {
      ending_ = true;
      auto reply = self_->make_response_promise<void>();
      ended_.push_back(reply);
      finish_duty();
      return reply;
    },
  };
}

} // namespace inbox
