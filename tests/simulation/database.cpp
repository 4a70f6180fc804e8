#include "database.hpp"

#include <boost/uuid/uuid_io.hpp>

#include <algorithm>
#include <chrono>
#include <utility>

namespace simulation {

using std::chrono::microseconds;
using std::chrono::milliseconds;

namespace {

constexpr auto quick = milliseconds{4};

} // namespace

/// A connection that one process has.
class connection : public inbox::store {
public:
  connection(database& to, world::process_id client, caf::timespan deadline)
    : database_{&to},
      client_{client},
      deadline_{deadline} {
    // nop
  }

  caf::expected<inbox::written_events>
  write(const std::vector<inbox::event>& x) override {
    return call("write", x, [](auto& s, auto& y) { return s.write(y); });
  }

  caf::expected<inbox::written_and_claimed>
  write_claimed(const inbox::write_and_claim& x) override {
    return call("write", x,
                [](auto& s, auto& y) { return s.write_claimed(y); });
  }

  caf::expected<inbox::added_route> add(const inbox::add_route& x) override {
    return call("add", x, [](auto& s, auto& y) { return s.add(y); });
  }

  caf::expected<void> remove(const inbox::remove_route& x) override {
    return call("remove", x, [](auto& s, auto& y) { return s.remove(y); });
  }

  caf::expected<inbox::routed_events>
  route(const inbox::route_events& x) override {
    return call("route", x, [](auto& s, auto& y) { return s.route(y); });
  }

  caf::expected<inbox::claimed_deliveries>
  claim(const inbox::claim_deliveries& x) override {
    return call("claim", x, [](auto& s, auto& y) { return s.claim(y); });
  }

  caf::expected<inbox::settled_deliveries>
  settle(const inbox::settle_deliveries& x) override {
    return call("settle", x, [](auto& s, auto& y) { return s.settle(y); });
  }

  caf::expected<inbox::settled_jointly>
  settle_joint(const inbox::settle_jointly& x) override {
    return call("settle_joint", x,
                [](auto& s, auto& y) { return s.settle_joint(y); });
  }

  caf::expected<inbox::renewed_leases>
  renew(const inbox::renew_leases& x) override {
    return call("renew", x, [](auto& s, auto& y) { return s.renew(y); });
  }

  caf::expected<inbox::erased_events>
  erase(const inbox::erase_events& x) override {
    return call("erase", x, [](auto& s, auto& y) { return s.erase(y); });
  }

  caf::expected<inbox::event_record> find(const inbox::find_event& x) override {
    return call("find", x, [](auto& s, auto& y) { return s.find(y); });
  }

  caf::expected<inbox::trace> follow(const inbox::find_trace& x) override {
    return call("follow", x, [](auto& s, auto& y) { return s.follow(y); });
  }

  caf::expected<inbox::store_summary> summarize() override {
    return call("summarize", 0, [](auto& s, auto&) { return s.summarize(); });
  }

private:
  [[nodiscard]] caf::error fail(inbox::errc code) {
    if (code != inbox::errc::busy && code != inbox::errc::storage_failed)
      broken_ = true;
    return inbox::make_error(code, "store", "simulated");
  }

  /// Has the database do `verb` with a copy of `request`, in its own time: it
  /// does not notice when its client dies, pauses or gives up.
  template <class Request, class Verb>
  auto call(const char* name, const Request& request, Verb verb)
    -> decltype(verb(std::declval<inbox::store&>(), request)) {
    using answer = decltype(verb(std::declval<inbox::store&>(), request));
    auto& where = *database_->world_;
    if (broken_ || where.is_ending())
      return fail(inbox::errc::connection_lost);
    auto fate = database_->choose_fate(deadline_);
    auto result = std::make_shared<std::optional<answer>>();
    if (fate.done) {
      auto work = [db = database_, client = client_, name, request, verb,
                   result] {
        // What a dead process has sent may have arrived or not.
        if (db->down_
            || (!db->world_->is_alive(client) && db->world_->chance(50)))
          return;
        db->log_->trace([&] {
          return std::string{name} + " for process " + std::to_string(client);
        });
        db->watch([&] { result->emplace(verb(*db->store_, request)); });
      };
      where.in(0, [&] { where.after(*fate.done, std::move(work)); });
    }
    where.sleep(fate.answered);
    if (where.is_ending())
      return fail(inbox::errc::connection_lost);
    if (!fate.error && !*result)
      fate.error = inbox::errc::outcome_unknown; // it went down meanwhile
    if (fate.error) {
      database_->log_->trace([&] {
        return std::string{name} + ": " + inbox::to_string(*fate.error);
      });
      return fail(*fate.error);
    }
    return std::move(**result);
  }

  database* database_;
  world::process_id client_;
  caf::timespan deadline_;
  bool broken_ = false;
};

struct database::row {
  const inbox::memory::delivery_row* what = nullptr;
  inbox::progress progress = inbox::progress::fresh;
  uint32_t attempts = 0;
  bool leased = false;
};

database::database(world& where, recorder& log) : world_{&where}, log_{&log} {
  // nop
}

void database::begin() {
  troubles_ = {};
  down_ = false;
  clock_error_ = caf::timespan{0};
  tables_ = std::make_shared<inbox::memory::tables>();
  auto now = [this] {
    // Some day in 2026.
    return inbox::timestamp{
      microseconds{1'790'000'000'000'000} + microseconds{world_->micros()}
      + std::chrono::duration_cast<microseconds>(clock_error_)};
  };
  store_ = std::make_unique<inbox::memory::memory_store>(tables_, now);
}

void database::add(const inbox::add_route& x) {
  static_cast<void>(store_->add(x));
}

inbox::store_opener database::opener(caf::timespan deadline) {
  return [this, deadline,
          client = world_->current()]() -> caf::expected<inbox::store_ptr> {
    auto lost = inbox::make_error(inbox::errc::connection_lost, "store",
                                  "simulated");
    if (world_->is_ending())
      return lost;
    auto silent = world_->chance(troubles_.request_lost);
    world_->sleep(silent ? caf::timespan{milliseconds{300}}
                         : world_->between(microseconds{100}, quick));
    if (silent || down_ || world_->is_ending()
        || world_->chance(troubles_.refused))
      return lost;
    return inbox::store_ptr{
      std::make_unique<connection>(*this, client, deadline)};
  };
}

database::fate database::choose_fate(caf::timespan deadline) {
  auto slow = world_->chance(troubles_.slow);
  auto longest = slow ? milliseconds{600} : quick;
  auto there = world_->between(microseconds{50}, longest);
  auto back = world_->between(microseconds{50}, longest);
  auto roll = world_->below(100);
  auto is = [&roll](uint64_t percent) {
    if (roll < percent)
      return true;
    roll -= percent;
    return false;
  };
  if (down_)
    return {std::nullopt, there, inbox::errc::connection_lost};
  if (is(troubles_.refused)) {
    static constexpr inbox::errc errors[]
      = {inbox::errc::busy, inbox::errc::timeout, inbox::errc::connection_lost,
         inbox::errc::storage_failed};
    return {std::nullopt, there, errors[world_->below(4)]};
  }
  if (is(troubles_.request_lost))
    return {std::nullopt, deadline, inbox::errc::outcome_unknown};
  if (is(troubles_.answer_lost))
    return {there, std::min(there + back, deadline),
            inbox::errc::outcome_unknown};
  if (is(troubles_.late))
    return {deadline + there, deadline, inbox::errc::outcome_unknown};
  if (there + back >= deadline)
    return {there, deadline, inbox::errc::outcome_unknown};
  return {there, there + back, std::nullopt};
}

database::rows database::snapshot() const {
  rows result;
  for (auto& entry : tables_->events)
    for (auto& [id, x] : entry.second.deliveries)
      result.push_back({&x, x.progress, x.attempts, x.lease_owner.has_value()});
  return result;
}

template <class F>
void database::watch(F what) {
  auto before = snapshot();
  what();
  // The same condition as that of the triggers that watch a real database.
  for (auto& x : before) {
    auto& y = *x.what;
    auto changed = x.progress != y.progress || x.attempts != y.attempts
                   || x.leased != y.lease_owner.has_value();
    if (changed
        && (x.progress >= inbox::progress::done || y.is_finished()
            || (x.leased && !y.lease_owner)))
      log_->changed({to_string(y.event->content.id), y.route->handler_key, 0,
                     static_cast<int>(x.progress), static_cast<int>(y.progress),
                     x.attempts, y.attempts},
                    y.message.value_or(""));
  }
}

bool database::is_finished() const {
  auto& all = tables_->events;
  return std::all_of(all.begin(), all.end(), [](auto& entry) {
    auto& deliveries = entry.second.deliveries;
    return !deliveries.empty()
           && std::all_of(deliveries.begin(), deliveries.end(),
                          [](auto& x) { return x.second.is_finished(); });
  });
}

size_t database::leased_to(const inbox::uuid& owner) const {
  size_t result = 0;
  for (auto& entry : tables_->events)
    for (auto& x : entry.second.deliveries)
      result += x.second.lease_owner == owner ? 1 : 0;
  return result;
}

void database::read(chaos::history& to) const {
  for (auto& [seq, event] : tables_->events)
    for (auto& [id, x] : event.deliveries)
      to.deliveries.push_back({to_string(event.content.id), event.content.type,
                               x.route->handler_key, static_cast<int64_t>(seq),
                               event.content.ordering_key.value_or(""),
                               static_cast<int>(x.progress), x.attempts});
}

} // namespace simulation
