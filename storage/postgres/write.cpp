#include "verbs.hpp"

#include "write_text.hpp"

#include "../headers_json.hpp"
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
    auto* text = insert_events_text();
    auto args = columns(batch);
    if (lent_ != nullptr) {
      text = insert_and_claim_text();
      add_room(args);
    }
    auto answer = on_.run_with_routes(route_access::read, text, std::move(args),
                                      until_, planning::by_index_and_hash);
    if (!answer)
      return std::move(answer.error());
    if (lent_ != nullptr)
      take_claims(*answer);
    return take(*answer, batch, write_result::unrouted);
  }

  void add_room(params& to) const {
    column<int32_t> routes;
    column<int64_t> room;
    for (auto& [route, left] : room_) {
      routes.push(route);
      room.push(int64_t{left});
    }
    to.add(lent_->owner);
    to.add(lent_->lease_duration);
    to.add(std::move(routes));
    to.add(std::move(room));
  }

  /// Reads the leases, which are behind the events.
  void take_claims(rows& answer) {
    std::unordered_map<event_seq, size_t> by_seq;
    for (auto row = 0; row < answer.size(); ++row) {
      if (!answer.null(row, 0)) {
        by_seq[answer.get<int64_t>(row, 2)] = by_id_[answer.get<uuid>(row, 0)];
        continue;
      }
      claimed_delivery each;
      each.lease.route = answer.get<int32_t>(row, 4);
      each.lease.token = answer.get<int64_t>(row, 5);
      each.attempt = 1;
      for (auto seq : answer.get<std::vector<int64_t>>(row, 3)) {
        auto& claimed = result_.claimed.emplace_back(each);
        claimed.lease.seq = seq;
        claimed.event = events_[by_seq.at(seq)];
        --room_[each.lease.route];
      }
    }
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
    return take(*answer, batch, write_result::duplicate);
  }

  /// Notes the answered events, with `otherwise` where none got a delivery.
  caf::error take(rows& answer, indices& batch, write_result otherwise) {
    indices found;
    for (auto row = 0; row < answer.size(); ++row) {
      if (lent_ != nullptr && answer.null(row, 0)) // a lease
        continue;
      auto i = by_id_[answer.get<uuid>(row, 0)];
      auto& receipt = result_.receipts[i];
      receipt.handlers = static_cast<uint32_t>(answer.get<int32_t>(row, 1));
      receipt.result = receipt.handlers > 0 ? write_result::stored : otherwise;
      changed_ = changed_ || receipt.result != write_result::duplicate;
      found.push_back(i);
    }
    remove_all(batch, found);
    return answer.check();
  }

  params columns(const indices& batch) const {
    column<uuid> id;
    column<std::string_view> type;
    column<bytes> content;
    column<timestamp> date;
    column<std::string_view> ordering_key;
    column<json> headers;
    column<uuid> cause;
    auto caused = std::any_of(batch.begin(), batch.end(), [this](auto i) {
      return events_[i].cause.has_value();
    });
    for (auto i : batch) {
      auto& x = events_[i];
      if (caused) // mostly none has one: the column stays empty
        cause.push(x.cause);
      id.push(x.id);
      type.push(x.type);
      content.push(bytes{x.payload.view()});
      date.push(x.date);
      ordering_key.push(x.ordering_key);
      if (auto text = headers_to_json(x.headers))
        headers.push(json{*text});
      else
        headers.push_null();
    }
    return params::of(std::move(id), std::move(type), std::move(content),
                      std::move(date), std::move(ordering_key),
                      std::move(headers), std::move(cause));
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
