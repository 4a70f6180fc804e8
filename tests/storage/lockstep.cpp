#include "lockstep.hpp"

#include "../../messages/all.hpp"

#include <caf/deep_to_string.hpp>

#include <algorithm>
#include <cstdlib>
#include <utility>

using namespace inbox;

namespace {

constexpr uint32_t id_count = 60;
constexpr const char* types[] = {"order", "invoice", "letter", "O'Neill\""};
constexpr const char* keys[] = {"mail", "audit", "\xF0\x9F\x93\xAC"};

uuid nth_id(uint64_t n) {
  uuid result{};
  result.data[0] = 1;
  result.data[15] = static_cast<uint8_t>(n);
  return result;
}

/// Returns the distance of a time from now, in whole hundreds of seconds.
timestamp distance(timestamp x, timestamp now, bool exact) {
  using std::chrono::microseconds;
  constexpr auto unit = microseconds{std::chrono::seconds{100}}.count();
  auto span = (x - now).count();
  if (!exact)
    span = (span + (span < 0 ? -unit / 2 : unit / 2)) / unit * unit;
  return timestamp{microseconds{span}};
}

} // namespace

lockstep::lockstep(places stores, uint64_t seed) : seed_(seed), random_(seed) {
  for (auto& place : stores) {
    auto& x = members_.emplace_back();
    x.place = std::move(place);
    x.db = x.place->open();
    has_own_clock_ = has_own_clock_ || x.place->has_own_clock();
  }
}

uint64_t lockstep::choose_seed() {
  if (auto* seed = std::getenv("INBOX_TEST_SEED"))
    return std::strtoull(seed, nullptr, 10);
  return std::random_device{}();
}

size_t lockstep::choose_steps(size_t otherwise) {
  if (auto* steps = std::getenv("INBOX_TEST_STEPS"))
    return std::strtoul(steps, nullptr, 10);
  return otherwise;
}

std::string lockstep::run(size_t steps) {
  for (size_t i = 0; i < steps && failure_.empty(); ++i) {
    step();
    check_moves();
  }
  for (uint64_t n = 0; n < id_count && failure_.empty(); ++n)
    compare("final find " + std::to_string(n), [&](member& at, size_t) {
      auto found = at.db->find({nth_id(n)});
      return found ? show(at, *found, false) : show_error(found);
    });
  if (failure_.empty())
    return {};
  auto result = "INBOX_TEST_SEED=" + std::to_string(seed_) + ": " + failure_
                + "\nafter, latest last:";
  auto first = log_.size() > 25 ? log_.size() - 25 : 0;
  for (auto i = first; i < log_.size(); ++i)
    result += "\n  " + std::to_string(i) + ": " + log_[i];
  return result;
}

void lockstep::step() {
  struct choice {
    unsigned weight;
    void (lockstep::*act)();
  };
  constexpr choice choices[] = {
    {20, &lockstep::write},       {3, &lockstep::add_route},
    {1, &lockstep::remove_route}, {3, &lockstep::route_events},
    {25, &lockstep::claim},       {25, &lockstep::settle},
    {5, &lockstep::renew},        {6, &lockstep::erase},
    {8, &lockstep::find},         {8, &lockstep::follow},
    {3, &lockstep::summarize},    {12, &lockstep::advance},
    {1, &lockstep::reopen},
  };
  unsigned total = 0;
  for (auto& x : choices)
    total += x.weight;
  auto drawn = below(total);
  // No two steps happen at the same time in any store.
  for (auto& x : members_)
    if (!x.place->has_own_clock())
      x.place->advance(std::chrono::milliseconds{1});
  for (auto& x : choices) {
    if (drawn < x.weight) {
      (this->*x.act)();
      return;
    }
    drawn -= x.weight;
  }
}

// -- comparison ---------------------------------------------------------------

void lockstep::compare(const std::string& what, const answer_function& ask) {
  log_.push_back(what);
  if (!failure_.empty())
    return;
  std::string expected;
  for (size_t i = 0; i < members_.size(); ++i) {
    auto answer = ask(members_[i], i);
    if (i == 0) {
      expected = answer;
    } else if (answer != expected) {
      failure_ = what + "\n  " + members_[0].place->kind() + ": " + expected
                 + "\n  " + members_[i].place->kind() + ": " + answer;
      return;
    }
  }
  log_.back() += " -> " + expected.substr(0, 200);
}

void lockstep::check_moves() {
  std::map<move_key, status> current;
  for (uint64_t n = 0; n < id_count; ++n) {
    auto id = nth_id(n);
    auto found = members_.front().db->find({id});
    if (!found)
      continue;
    for (auto& x : found->deliveries) {
      move_key key{id, x.handler_key};
      current.emplace(key, x.status);
      auto before = statuses_.find(key);
      auto from = before != statuses_.end() ? before->second : status::pending;
      if (from != x.status && !can_move(from, x.status) && failure_.empty())
        failure_ = "illegal move of event " + std::to_string(n) + " from "
                   + to_string(from) + " to " + to_string(x.status);
    }
  }
  statuses_ = std::move(current);
}

std::string lockstep::show(member& at, const claimed_deliveries& x) const {
  auto copy = x;
  for (auto& entry : copy.claimed) {
    at.events[entry.lease.seq] = entry.event.id;
    at.tokens[{entry.lease.seq, entry.lease.route}].push_back(
      entry.lease.token);
    entry.lease = common(at, entry.lease);
  }
  for (auto& entry : copy.buried)
    entry.route = common(at, {0, entry.route, 0}).route;
  return caf::deep_to_string(copy);
}

std::string lockstep::show(member& at, const std::vector<lease>& lost) const {
  auto copy = lost;
  for (auto& x : copy)
    x = common(at, x);
  return caf::deep_to_string(copy);
}

std::string lockstep::show(member& at, event_record x, bool exact) const {
  if (!x.event)
    return "no event";
  auto now = at.place->now();
  x.written = distance(x.written, now, exact);
  // Of those with this id, the one that is there was written last.
  event_seq seq = 0;
  for (auto& [known, id] : at.events)
    if (id == x.event->id)
      seq = known;
  for (auto& entry : x.deliveries) {
    for (auto& [index, id] : at.routes)
      if (route_names_[index] == std::pair{x.event->type, entry.handler_key})
        entry.lease_token = common_token(at, {seq, id, entry.lease_token});
    entry.due = distance(entry.due, now, exact);
    if (entry.lease_until)
      entry.lease_until = distance(*entry.lease_until, now, exact);
    if (entry.finished)
      entry.finished = distance(*entry.finished, now, exact);
  }
  return caf::deep_to_string(x);
}

int64_t lockstep::common_token(const member& at, const lease& x) {
  auto known = at.tokens.find({x.seq, x.route});
  if (known == at.tokens.end())
    return x.token == 0 ? 0 : -1;
  auto& all = known->second;
  auto before = std::count_if(all.begin(), all.end(),
                              [&](auto token) { return token < x.token; });
  auto is_one = std::find(all.begin(), all.end(), x.token) != all.end();
  return 10 * before + (is_one ? 10 : x.token == 0 ? 0 : 1);
}

lease lockstep::common(member& at, lease x) const {
  x.token = common_token(at, x);
  for (auto& [index, id] : at.routes)
    if (id == x.route)
      x.route = static_cast<route_id>(index);
  auto known = at.events.find(x.seq);
  x.seq = known != at.events.end() ? known->second.data[15] : -1;
  return x;
}

// -- random choices -----------------------------------------------------------

uint64_t lockstep::below(uint64_t end) {
  return random_() % end;
}

bool lockstep::chance(unsigned percent) {
  return below(100) < percent;
}

timespan lockstep::hundreds(std::initializer_list<int> choices) {
  return std::chrono::seconds{*(choices.begin() + below(choices.size())) * 100};
}

uuid lockstep::any_id() {
  return nth_id(below(id_count));
}

std::string lockstep::any_type() {
  return types[below(std::size(types))];
}

std::string lockstep::any_key() {
  return keys[below(std::size(keys))];
}

event lockstep::any_event() {
  event result;
  result.id = any_id();
  result.type = any_type();
  result.payload
    = payload{std::string(below(20), static_cast<char>(below(256)))};
  if (chance(50))
    result.ordering_key = std::string(1, static_cast<char>('a' + below(3)));
  if (chance(30))
    result.date = timestamp{std::chrono::microseconds{
      static_cast<int64_t>(below(1'000'000'000'000)) - 500'000'000'000}};
  if (chance(30))
    result.headers["name"] = "value";
  if (auto cause = any_id(); cause != result.id && chance(50))
    result.cause = cause;
  return result;
}

std::vector<lockstep::route_index> lockstep::any_routes() {
  std::vector<route_index> result;
  for (route_index i = 0; i < route_names_.size(); ++i)
    if (chance(60))
      result.push_back(i);
  std::shuffle(result.begin(), result.end(), random_);
  return result;
}

std::vector<size_t> lockstep::any_leases() {
  std::vector<size_t> result;
  if (leases_.empty())
    return result;
  for (auto count = below(6); count > 0; --count) {
    // Mostly young ones: old ones are lost.
    auto age = chance(80) ? below(std::min<size_t>(leases_.size(), 12))
                          : below(leases_.size());
    result.push_back(leases_.size() - 1 - age);
  }
  return result;
}
