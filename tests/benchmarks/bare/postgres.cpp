// The statements of the PostgreSQL store in plain loops, without actors.

#include "libpq_loop.hpp"

#include "../ours/setting.hpp"
#include "works.hpp"

#include "../../../storage/postgres/claim_arguments.hpp"
#include "../../../storage/postgres/claim_locks.hpp"
#include "../../../storage/postgres/claim_text.hpp"
#include "../../../storage/postgres/done_together.hpp"
#include "../../../storage/postgres/event_pack.hpp"
#include "../../../storage/postgres/event_ranges.hpp"
#include "../../../storage/postgres/insert_batch.hpp"
#include "../../../storage/postgres/insert_text.hpp"
#include "../../../storage/postgres/pack_width.hpp"
#include "../../../storage/postgres/queue_scan.hpp"
#include "../../../storage/postgres/scatter_text.hpp"
#include "../../../storage/postgres/settle_text.hpp"

#include <boost/uuid/random_generator.hpp>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <future>
#include <map>
#include <mutex>
#include <thread>
#include <utility>

namespace bench {

using namespace inbox::postgres;
using std::chrono::steady_clock;

namespace {

/// What a claim has answered.
using claimed = std::vector<inbox::lease>;

template <class T>
T value(PGresult* from, int row, int column) {
  T result{};
  if (!get({PQgetvalue(from, row, column),
            static_cast<size_t>(PQgetlength(from, row, column))},
           result))
    fail("the answer has another form");
  return result;
}

class claimer {
public:
  explicit claimer(const setting& how)
    : how_{how},
      conn_{how.url, how.prefix, planning::by_index},
      reading_{how.url, how.prefix, planning::by_range} {
    auto found = conn_.run("select id from " + how.prefix + "_route");
    route_ = std::atoi(PQgetvalue(found.get(), 0, 0));
  }

  claimed next() {
    inbox::claim_deliveries what;
    what.owner = owner_;
    what.limit = static_cast<uint32_t>(how_.batch_size);
    what.lease_duration = std::chrono::seconds{20};
    what.max_attempts = 5;
    const std::map<inbox::route_id, uint32_t> rooms{{route_, what.limit}};
    auto read_on = steady_clock::now() < read_on_until_;
    if (!read_on) {
      scan_.rewind();
      read_on_until_ = steady_clock::now() + std::chrono::milliseconds{250};
    }
    std::vector<libpq_connection::step> steps;
    if (read_on) {
      steps.push_back(
        {share_claims_text, shared_claim_locks(how_.prefix, {route_}, owner_)});
    } else {
      steps.push_back({lock_claims_text, claim_locks(how_.prefix, {route_})});
      steps.push_back({scatter_text(), route_arguments(rooms)});
    }
    steps.push_back(
      {claim_queue_text(), claim_arguments(what, rooms, scan_, read_on)});
    auto answer = conn_.run(steps);
    return read(answer.get(), read_on);
  }

private:
  claimed read(PGresult* from, bool read_on) {
    claimed result;
    std::vector<inbox::event_seq> seqs;
    inbox::event_seq last = 0;
    for (auto row = 0; row < PQntuples(from); ++row) {
      auto batch = value<std::vector<int64_t>>(from, row, 0);
      auto token = value<int64_t>(from, row, 2);
      seqs.insert(seqs.end(), batch.begin(), batch.end());
      for (auto seq : batch)
        result.push_back({seq, route_, token, false});
      if (value<bool>(from, row, 8))
        last = std::max(last, batch.back());
    }
    if (last > 0 && read_on)
      scan_.pass_later(route_, last);
    else if (last > 0)
      scan_.pass(route_, last);
    scan_.took(route_, static_cast<uint32_t>(PQntuples(from)));
    auto wanted = ranges_of(std::move(seqs), packs_.events());
    auto events = wanted.events;
    auto packs = reading_.run(packed_events_text(), wanted.take_arguments());
    size_t bytes = 0;
    for (auto row = 0; row < PQntuples(packs.get()); ++row) {
      if (PQgetisnull(packs.get(), row, 0) != 0)
        fail("events are missing");
      bytes += static_cast<size_t>(PQgetlength(packs.get(), row, 0));
    }
    packs_.came(events, bytes);
    return result;
  }

  const setting& how_;
  libpq_connection conn_;
  /// Plans are made with the settings of a connection.
  libpq_connection reading_;
  queue_scan scan_;
  pack_width packs_;
  /// As the poller does it.
  steady_clock::time_point read_on_until_{};
  inbox::uuid owner_ = boost::uuids::random_generator{}();
  int32_t route_ = 0;
};

class settler {
public:
  explicit settler(const setting& how)
    : conn_{how.url, how.prefix, planning::by_index_and_hash} {
    // nop
  }

  uint64_t done(const claimed& what) {
    column<int64_t> tokens;
    done_together done;
    int64_t last = 0;
    for (auto& x : what) {
      if (std::exchange(last, x.token) != x.token)
        tokens.push(x.token);
      done.push(x);
    }
    auto args = params::of(column<int64_t>{}, column<int32_t>{},
                           column<int64_t>{}, column<int16_t>{},
                           column<inbox::timespan>{}, column<bool>{},
                           column<std::string_view>{});
    done.move_to(args);
    auto lost = conn_.run({{hold_claims_text(), params::of(std::move(tokens))},
                           {settle_text(), std::move(args)}});
    if (PQntuples(lost.get()) != 0)
      fail("a lease was lost");
    return what.size();
  }

private:
  libpq_connection conn_;
};

uint64_t in_turns(const setting& how) {
  claimer from{how};
  settler to{how};
  uint64_t result = 0;
  while (result < how.records) {
    auto next = from.next();
    if (next.empty())
      fail("there is less than expected");
    result += to.done(next);
  }
  return result;
}

/// One thread claims, another one settles, so that neither waits for the
/// other's commit.
uint64_t at_once(const setting& how) {
  std::mutex mutex;
  std::condition_variable changed;
  std::deque<claimed> waiting;
  constexpr size_t most_waiting = 8;
  std::thread claiming{[&] {
    claimer from{how};
    for (uint64_t count = 0; count < how.records;) {
      auto next = from.next();
      count += next.size();
      if (next.empty())
        fail("there is less than expected");
      std::unique_lock lock{mutex};
      changed.wait(lock, [&] { return waiting.size() < most_waiting; });
      waiting.push_back(std::move(next));
      changed.notify_all();
    }
  }};
  settler to{how};
  uint64_t result = 0;
  while (result < how.records) {
    std::unique_lock lock{mutex};
    changed.wait(lock, [&] { return !waiting.empty(); });
    auto next = std::move(waiting.front());
    waiting.pop_front();
    changed.notify_all();
    lock.unlock();
    result += to.done(next);
  }
  claiming.join();
  return result;
}

} // namespace

nlohmann::json process_postgres(const setting& how) {
  auto begin = steady_clock::now();
  auto count = how.clients > 1 ? at_once(how) : in_turns(how);
  return rate_of(count, seconds_since(begin));
}

namespace {

/// One connection that stores events.
class storer {
public:
  explicit storer(const setting& how)
    : conn_{how.url, how.prefix, planning::by_index_and_hash} {
    // nop
  }

  void store(const inbox::event* begin, const inbox::event* end) {
    if (begin == end) // more clients than events
      return;
    std::vector<const inbox::event*> events;
    for (auto i = begin; i != end; ++i)
      events.push_back(i);
    const insert_batch what{std::move(events)};
    insert_form form;
    form.all_new = true;
    auto stored = conn_.run(insert_text(form), what.arguments());
    auto seqs = value<std::vector<int64_t>>(stored.get(), 0, 0);
    if (seqs.size() != static_cast<size_t>(end - begin))
      fail("an event was not stored");
  }

private:
  libpq_connection conn_;
};

} // namespace

// Batch after batch, or each of them by parts over several connections at once.
nlohmann::json write_postgres(const setting& how) {
  std::deque<storer> storers;
  for (uint64_t i = 0; i < how.clients; ++i)
    storers.emplace_back(how);
  auto events = make_events(how, how.records);
  auto begin = steady_clock::now();
  for (size_t i = 0; i < events.size(); i += how.batch) {
    auto count = std::min<size_t>(how.batch, events.size() - i);
    auto part = [&](size_t n) {
      return events.data() + i + count * n / storers.size();
    };
    std::vector<std::future<void>> others;
    for (size_t n = 1; n < storers.size(); ++n)
      others.push_back(std::async(std::launch::async, [&, n] {
        storers[n].store(part(n), part(n + 1));
      }));
    storers[0].store(part(0), part(1));
    for (auto& x : others)
      x.get();
  }
  return rate_of(how.records, seconds_since(begin));
}

} // namespace bench
