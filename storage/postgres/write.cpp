#include "verbs.hpp"

#include "insert_batch.hpp"
#include "insert_text.hpp"
#include "write_text.hpp"

#include "../rooms.hpp"

#include "../../messages/error.hpp"

#include <boost/functional/hash.hpp>

#include <algorithm>
#include <map>
#include <unordered_map>
#include <unordered_set>
#include <utility>

namespace inbox::postgres {

namespace {

/// Most bytes of events in one statement: the server builds several copies.
constexpr size_t max_statement_bytes = 32 * 1024 * 1024;

/// How often an event may vanish between two looks at it.
constexpr int max_rounds = 5;

using indices = std::vector<size_t>;

/// Removes from `xs` what is in `found`.
void remove_all(indices& xs, const indices& found) {
  std::unordered_set<size_t> set{found.begin(), found.end()};
  xs.erase(std::remove_if(xs.begin(), xs.end(),
                          [&set](size_t x) { return set.count(x) != 0; }),
           xs.end());
}

/// Writes the events of one call. Each of its statements commits: an event is
/// stored with all of its deliveries or not at all, and repeating the call
/// completes it.
class event_writer {
public:
  /// Claims what `lent` has room for, if it is not null.
  event_writer(session& on, const std::vector<event>& events,
               const write_and_claim* lent)
    : on_(on),
      until_(on.start()),
      events_(events),
      lent_(lent) {
    by_id_.reserve(events.size());
    if (lent != nullptr)
      room_ = rooms_of(lent->demand);
  }

  caf::expected<written_and_claimed> run() {
    const auto fresh = number_events();
    for (auto i = fresh.begin(); i != fresh.end();)
      if (auto err = write(next_batch(i, fresh.end())))
        return in_doubt(std::move(err));
    return std::move(result_);
  }

private:
  /// Makes all receipts; returns the first event of each id.
  indices number_events() {
    indices result;
    for (size_t i = 0; i < events_.size(); ++i) {
      auto& id = events_[i].id;
      result_.receipts.push_back({id, write_result::duplicate, 0});
      if (by_id_.emplace(id, i).second)
        result.push_back(i);
    }
    return result;
  }

  indices next_batch(indices::const_iterator& i,
                     indices::const_iterator end) const {
    indices result;
    for (size_t size = 0; i != end && size < max_statement_bytes; ++i) {
      size += bytes_of(events_[*i]);
      result.push_back(*i);
    }
    return result;
  }

  caf::error write(indices batch) {
    for (auto round = 0; round < max_rounds; ++round) {
      indices incomplete;
      if (auto err = insert(batch))
        return err;
      if (auto err = look(batch, incomplete))
        return err;
      if (auto err = complete(incomplete))
        return err;
      // Was there, and is not any more: erased in between.
      batch.insert(batch.end(), incomplete.begin(), incomplete.end());
      if (batch.empty())
        return {};
    }
    return make_error(errc::busy, "store",
                      "an event is erased as often as it is written");
  }

  /// Removes from `batch` what is stored now.
  caf::error insert(indices& batch) {
    std::vector<const event*> events;
    for (auto i : batch)
      events.push_back(&events_[i]);
    const insert_batch what{std::move(events)};
    // An error that is nobody's fault must not undo more than this statement.
    auto expects_none = on_.duplicates().expects_none(clock::now());
    auto all_new = expects_none && on_.conn().undoes_calls();
    auto answer = insert(what, all_new);
    if (!answer && all_new && on_.conn().refusal().state == unique_violation)
      answer = insert(what, false);
    if (!answer)
      return std::move(answer.error());
    return take(*answer, what, batch);
  }

  caf::expected<rows> insert(const insert_batch& what, bool all_new) {
    auto args = what.arguments();
    if (lent_ != nullptr)
      add_room(args);
    auto* text = insert_text(
      {all_new, what.ordered(), lent_ != nullptr, what.size() == 1});
    return on_.run_with_routes(route_access::read, text, std::move(args),
                               until_, planning::by_index_and_hash);
  }

  void add_room(params& to) const {
    column<int32_t> routes;
    column<int64_t> room;
    for (auto& [route, left] : room_) {
      if (left == 0)
        continue;
      routes.push(route);
      room.push(int64_t{left});
    }
    to.add(lent_->owner);
    to.add(lent_->lease_duration);
    to.add(std::move(routes));
    to.add(std::move(room));
  }

  /// Notes what was stored, and removes it from `batch`.
  caf::error take(rows& answer, const insert_batch& what, indices& batch) {
    auto seqs = answer.get<std::vector<int64_t>>(0, 0);
    auto fans = answer.get<std::vector<int64_t>>(0, 1);
    if (seqs.size() != batch.size() || fans.size() != what.count_types())
      return malformed_row();
    std::unordered_set<event_seq> stored;
    auto all = answer.null(0, 2);
    if (!all)
      for (auto seq : answer.get<std::vector<int64_t>>(0, 2))
        stored.insert(seq);
    indices left;
    for (size_t nth = 0; nth < batch.size(); ++nth) {
      if (!all && stored.count(seqs[nth]) == 0) {
        left.push_back(batch[nth]);
        continue;
      }
      auto& receipt = result_.receipts[batch[nth]];
      receipt.handlers = static_cast<uint32_t>(fans[what.type_of(nth)]);
      receipt.result = receipt.handlers > 0 ? write_result::stored
                                            : write_result::unrouted;
      changed_ = true;
    }
    if (lent_ != nullptr)
      if (auto err = take_claims(answer, seqs, batch))
        return err;
    if (!left.empty())
      on_.duplicates().saw_one(clock::now());
    batch = std::move(left);
    return answer.check();
  }

  /// Reads the leases, which are behind the first row.
  caf::error take_claims(rows& answer, const std::vector<event_seq>& seqs,
                         const indices& batch) {
    for (auto row = 1; row < answer.size(); ++row) {
      claimed_delivery each;
      each.lease.route = answer.get<int32_t>(row, 4);
      each.lease.token = answer.get<int64_t>(row, 5);
      each.attempt = 1;
      for (auto seq : answer.get<std::vector<int64_t>>(row, 3)) {
        auto place = std::lower_bound(seqs.begin(), seqs.end(), seq);
        if (place == seqs.end() || *place != seq)
          return malformed_row();
        auto& claimed = result_.claimed.emplace_back(each);
        claimed.lease.seq = seq;
        claimed.event
          = events_[batch[static_cast<size_t>(place - seqs.begin())]];
        --room_[each.lease.route];
      }
    }
    return {};
  }

  /// Removes from `batch` what is there, and returns what lacks deliveries.
  caf::error look(indices& batch, indices& incomplete) {
    if (batch.empty())
      return {};
    auto answer = on_.run(look_at_events_text(), ids(batch), effect::none,
                          until_);
    if (!answer)
      return std::move(answer.error());
    indices found;
    for (auto row = 0; row < answer->size(); ++row) {
      found.push_back(by_id_[answer->get<uuid>(row, 0)]);
      if (answer->get<bool>(row, 1))
        incomplete.push_back(found.back());
    }
    remove_all(batch, found);
    return answer->check();
  }

  /// Removes from `batch` what is complete now.
  caf::error complete(indices& batch) {
    if (batch.empty())
      return {};
    std::vector<step> steps;
    steps.push_back({&on_.sql(lock_events_text()), ids(batch)});
    steps.push_back({&on_.sql(complete_events_text()), ids(batch)});
    auto answer = on_.run_with_routes(route_access::read, std::move(steps),
                                      until_);
    if (!answer)
      return std::move(answer.error());
    indices found;
    for (auto row = 0; row < answer->size(); ++row) {
      auto i = by_id_[answer->get<uuid>(row, 0)];
      auto& receipt = result_.receipts[i];
      receipt.handlers = static_cast<uint32_t>(answer->get<int32_t>(row, 1));
      receipt.result = receipt.handlers > 0 ? write_result::stored
                                            : write_result::duplicate;
      changed_ = changed_ || receipt.handlers > 0;
      found.push_back(i);
    }
    remove_all(batch, found);
    return answer->check();
  }

  params ids(const indices& batch) const {
    column<uuid> result;
    for (auto i : batch)
      result.push(events_[i].id);
    return params::of(std::move(result));
  }

  /// A part of the call may be committed when the rest of it fails.
  caf::error in_doubt(caf::error reason) const {
    auto code = code_of(reason);
    if (changed_ && (code == errc::connection_lost || code == errc::timeout))
      return make_error(errc::outcome_unknown, "store", describe(reason));
    return reason;
  }

  session& on_;
  deadline until_;
  const std::vector<event>& events_;
  const write_and_claim* lent_;
  std::map<route_id, uint32_t> room_;
  written_and_claimed result_;
  /// Where the first event of an id is.
  std::unordered_map<uuid, size_t, boost::hash<uuid>> by_id_;
  /// Whether anything was committed.
  bool changed_ = false;
};

} // namespace

caf::expected<written_events> write(session& on,
                                    const std::vector<event>& events) {
  auto result = event_writer{on, events, nullptr}.run();
  if (!result)
    return std::move(result.error());
  return written_events{std::move(result->receipts)};
}

caf::expected<written_and_claimed> write_claimed(session& on,
                                                 const write_and_claim& x) {
  return event_writer{on, x.events, &x}.run();
}

} // namespace inbox::postgres
