#include "writer.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

// Bounds the memory that one statement takes, whatever the events are.
constexpr size_t max_batch_bytes = 32 * 1024 * 1024;

size_t sum_of_bytes(const std::vector<event>& events) {
  size_t result = 0;
  for (auto& x : events)
    result += bytes_of(x);
  return result;
}

} // namespace

writer_state::writer_state(writer_actor::pointer self, writing_store store,
                           lending_actor poller, limits bounds, uuid owner,
                           timespan lease_duration)
  : self_{self},
    store_{std::move(store)},
    poller_{std::move(poller)},
    limits_{bounds},
    owner_{owner},
    lease_duration_{lease_duration} {
  // nop
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
  auto added = std::make_shared<call>();
  added->events = std::move(x.events);
  added->receipts.reserve(added->events.size());
  added->reply = self_->make_response_promise<written_events>();
  added->bytes = bytes;
  waiting_ += added->events.size();
  waiting_bytes_ += bytes;
  calls_.push_back(added);
  flush();
  return added->reply;
}

std::vector<writer_state::part>
writer_state::next_batch(std::vector<event>& batch) {
  std::vector<part> parts;
  size_t bytes = 0;
  while (!calls_.empty() && batch.size() < limits_.batch_events
         && bytes < max_batch_bytes) {
    auto owner = calls_.front();
    if (!parts.empty() && (owner->alone || parts.back().owner->alone))
      break;
    part taken{owner, owner->sent, 0};
    while (owner->sent < owner->events.size()
           && batch.size() < limits_.batch_events && bytes < max_batch_bytes) {
      auto& next = owner->events[owner->sent++];
      bytes += bytes_of(next);
      batch.push_back(next);
      ++taken.count;
    }
    parts.push_back(std::move(taken));
    if (owner->sent == owner->events.size())
      calls_.pop_front();
  }
  return parts;
}

void writer_state::flush() {
  if (writing_)
    return;
  if (calls_.empty()) {
    finish_duty();
    return;
  }
  writing_ = true;
  request(self_, poller_, caf::infinite, borrow_room{})
    .then([this](current_demand& room) { write(std::move(room)); },
          [this](const caf::error&) { write({}); });
}

// No deadline in the requests: the store worker has its own and always answers,
// and an answer that was given up would leave the outcome unknown without need.
void writer_state::write(current_demand room) {
  std::vector<event> events;
  auto parts = next_batch(events);
  if (!room.demand.empty()) {
    if (sum_of_bytes(events) <= room.bytes) {
      write_and_claim_for(std::move(parts), std::move(events),
                          std::move(room.demand));
      return;
    }
    send(self_, poller_, return_room{});
  }
  request(self_, store_, caf::infinite, write_events{std::move(events)})
    .then([this,
           parts](written_events& reply) { written(parts, reply.receipts, 0); },
          [this, parts](const caf::error& err) { failed(parts, err); });
}

void writer_state::write_and_claim_for(std::vector<part> parts,
                                       std::vector<event> events,
                                       std::vector<route_demand> demand) {
  auto trusted_until = monotonic_now(self_) + trust_in(lease_duration_);
  request(self_, store_, caf::infinite,
          write_and_claim{std::move(events), owner_, std::move(demand),
                          lease_duration_})
    .then(
      [this, parts, trusted_until](written_and_claimed& reply) {
        auto claimed = reply.claimed.size();
        send(self_, poller_,
             return_room{std::move(reply.claimed), trusted_until});
        written(parts, reply.receipts, claimed);
      },
      [this, parts](const caf::error& err) {
        send(self_, poller_, return_room{});
        failed(parts, err);
      });
}

void writer_state::written(const std::vector<part>& parts,
                           const std::vector<receipt>& receipts,
                           size_t claimed) {
  writing_ = false;
  size_t expected = 0;
  for (auto& x : parts)
    expected += x.count;
  if (receipts.size() == expected)
    stored(parts, receipts, claimed);
  else
    refused(parts, make_error(errc::outcome_unknown, "store",
                              "answered another number of receipts"));
  flush();
}

void writer_state::failed(const std::vector<part>& parts,
                          const caf::error& err) {
  writing_ = false;
  refused(parts, err);
  flush();
}

void writer_state::count(const receipt& x) {
  switch (x.result) {
    case write_result::stored:
      ++stats_.stored;
      break;
    case write_result::duplicate:
      ++stats_.duplicates;
      break;
    case write_result::unrouted:
      ++stats_.unrouted;
      break;
  }
}

void writer_state::forget(const call& x) {
  waiting_ -= x.events.size();
  waiting_bytes_ -= x.bytes;
}

void writer_state::stored(const std::vector<part>& parts,
                          const std::vector<receipt>& receipts,
                          size_t claimed) {
  auto next = receipts.begin();
  size_t deliveries = 0;
  for (auto& [owner, begin, n] : parts) {
    static_cast<void>(begin);
    for (size_t i = 0; i < n; ++i, ++next) {
      count(*next);
      deliveries += next->handlers;
      owner->receipts.push_back(*next);
    }
    if (owner->receipts.size() == owner->events.size()) {
      forget(*owner);
      owner->reply.deliver(written_events{std::move(owner->receipts)});
    }
  }
  if (deliveries > claimed)
    send(self_, poller_, poke_poller{});
}

void writer_state::refused(const std::vector<part>& parts,
                           const caf::error& err) {
  if (parts.size() > 1 && !is_transient(err)) {
    // One bad event must not fail the calls that it shared a statement with.
    for (auto i = parts.rbegin(); i != parts.rend(); ++i) {
      i->owner->alone = true;
      if (i->owner->sent == i->owner->events.size())
        calls_.push_front(i->owner);
      i->owner->sent = i->begin;
    }
    return;
  }
  for (auto& lost : parts) {
    auto& owner = *lost.owner;
    forget(owner);
    if (owner.sent < owner.events.size())
      calls_.pop_front(); // only the last part can have a rest, at the front
    owner.reply.deliver(owner.receipts.empty()
                          ? err
                          : make_error(errc::outcome_unknown, "events",
                                       "are stored in part: " + describe(err)));
  }
}

void writer_state::finish_duty() {
  if (!ending_ || writing_ || !calls_.empty())
    return;
  for (auto& waiting : ended_)
    waiting.deliver();
  ended_.clear();
}

writer_actor::behavior_type writer_state::make_behavior() {
  return {
    [this](write_events& x) { return accept(x); },
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
