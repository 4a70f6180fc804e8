#include "writer.hpp"

#include "caf_compat.hpp"
#include "monotonic.hpp"

#include <optional>
#include <utility>

// What becomes of statements, and of the calls that they were for.

namespace inbox {

namespace {

// Of a connection that could not reach the store, while there is another one.
constexpr timespan rest = std::chrono::seconds{1};

/// Whether nothing of the statement was done, and the store may be reached over
/// another connection.
bool is_out_of_reach(const caf::error& err) {
  auto code = code_of(err);
  return code == errc::connection_lost || code == errc::busy;
}

void add_type(std::optional<wake_up>& to, const std::string& type) {
  if (!to)
    to = wake_up{{type}};
  // Most are of the type of the one before.
  else if (!to->event_types.empty() && to->event_types.back() != type)
    merge(*to, {{type}});
}

} // namespace

void writer_state::written(size_t which, const write_batch& batch,
                           const std::vector<receipt>& receipts,
                           size_t claimed) {
  connections_[which].is_busy = false;
  queue_.end(batch);
  if (receipts.size() == batch.events)
    stored(batch, receipts, claimed);
  else
    refused(batch, make_error(errc::outcome_unknown, "store",
                              "answered another number of receipts"));
  flush();
}

void writer_state::failed(size_t which, const write_batch& batch,
                          const caf::error& err) {
  auto& by = connections_[which];
  by.is_busy = false;
  queue_.end(batch);
  if (which > 0 && is_out_of_reach(err)) {
    by.rests_until = monotonic_now(self_) + rest;
    put_back(batch);
  } else {
    refused(batch, err);
  }
  flush();
}

void writer_state::put_back(const write_batch& batch) {
  queue_.put_back(batch);
  for (auto& part : batch.parts)
    answer_if_ended(*part.owner); // if another part of it has failed
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

void writer_state::answer_if_ended(write_call& x) {
  auto ended = x.stored == x.events.size() || (x.failure && x.under_way == 0);
  if (!ended)
    return;
  waiting_ -= x.events.size();
  waiting_bytes_ -= x.bytes;
  if (!x.failure)
    x.reply.deliver(written_events{std::move(x.receipts)});
  else if (x.stored == 0)
    x.reply.deliver(std::move(x.failure));
  else
    x.reply.deliver(make_error(errc::outcome_unknown, "events",
                               "are stored in part: " + describe(x.failure)));
}

void writer_state::stored(const write_batch& batch,
                          const std::vector<receipt>& receipts,
                          size_t claimed) {
  auto next = receipts.begin();
  size_t deliveries = 0;
  std::optional<wake_up> left;
  for (auto& [owner, begin, n] : batch.parts) {
    for (size_t i = begin; i < begin + n; ++i, ++next) {
      count(*next);
      deliveries += next->handlers;
      if (next->handlers > 0)
        add_type(left, owner->events[i].type);
      owner->receipts[i] = *next;
    }
    owner->stored += n;
    answer_if_ended(*owner);
  }
  if (deliveries <= claimed)
    return;
  send(self_, poller_, poke_poller{});
  send(self_, waker_, wake_others{std::move(left).value_or(wake_up{})});
}

void writer_state::refused(const write_batch& batch, const caf::error& err) {
  if (batch.parts.size() > 1 && !is_transient(err)) {
    // One bad event must not fail the calls that it shared a statement with.
    for (auto& part : batch.parts)
      part.owner->alone = true;
    put_back(batch);
    return;
  }
  for (auto& part : batch.parts) {
    part.owner->failure = err;
    queue_.drop(part.owner);
    answer_if_ended(*part.owner);
  }
}

} // namespace inbox
