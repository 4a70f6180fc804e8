#include "setting.hpp"
#include "system_config.hpp"

#include "../../../actors/caf_compat.hpp"
#include "../../../storage/open_store.hpp"

#include <caf/actor_system.hpp>
#include <caf/event_based_actor.hpp>

#include <atomic>
#include <future>
#include <memory>

namespace bench {

using std::chrono::steady_clock;

namespace {

/// An application that only writes, for a handler key that others handle.
class sender {
public:
  explicit sender(const setting& how)
    : config{how},
      actor{value(inbox::spawn_inbox(sys, make_options(how)))},
      box{sys, actor, make_options(how)} {
    value(value(inbox::open_store(make_options(how).store))
            ->add({"order", "key0"}));
  }

  ~sender() {
    if (auto report = box.drain(); !report)
      fail(inbox::describe(report.error()));
  }

  sender(const sender&) = delete;
  sender& operator=(const sender&) = delete;

  system_config config;
  caf::actor_system sys{config};
  inbox::inbox_actor actor;
  inbox::client box;
};

void check_stored(const std::vector<inbox::receipt>& receipts) {
  for (auto& x : receipts)
    if (x.result != inbox::write_result::stored)
      fail("an event was not stored");
}

/// Clients that each write one event after another, each once the one before
/// has its receipt. They keep it until the last one has ended.
class crowd : public std::enable_shared_from_this<crowd> {
public:
  crowd(const setting& how, inbox::inbox_actor to)
    : how_{how},
      to_{std::move(to)},
      events_{make_events(how, how.records)} {
    // nop
  }

  double run(caf::actor_system& sys) {
    auto begin = steady_clock::now();
    for (uint64_t i = 0; i < how_.clients; ++i)
      sys.spawn([all = shared_from_this()](caf::event_based_actor* self) {
        all->next(self);
      });
    ended_.get_future().wait();
    return seconds_since(begin);
  }

private:
  void next(caf::event_based_actor* self) {
    auto i = begun_++;
    if (i >= how_.records)
      return;
    inbox::write_events ask;
    ask.events.push_back(std::move(events_[i]));
    inbox::request(self, to_, caf::infinite, std::move(ask))
      .then(
        [all = shared_from_this(), self](const inbox::written_events& x) {
          check_stored(x.receipts);
          if (++all->done_ == all->how_.records)
            all->ended_.set_value();
          all->next(self);
        },
        [](const caf::error& x) { fail(inbox::describe(x)); });
  }

  const setting& how_;
  inbox::inbox_actor to_;
  std::vector<inbox::event> events_;
  std::atomic<uint64_t> begun_{0};
  std::atomic<uint64_t> done_{0};
  std::promise<void> ended_;
};

} // namespace

// Writes batch after batch, each once the one before has its receipts.
nlohmann::json write_batches(const setting& how) {
  sender from{how};
  std::vector<std::vector<inbox::event>> batches;
  for_batches(how, [&](auto events) { batches.push_back(std::move(events)); });
  auto begin = steady_clock::now();
  for (auto& batch : batches)
    check_stored(value(from.box.write(std::move(batch))));
  return rate_of(how.records, seconds_since(begin));
}

nlohmann::json write_singles(const setting& how) {
  sender from{how};
  auto clients = std::make_shared<crowd>(how, from.actor);
  auto result = rate_of(how.records, clients->run(from.sys));
  result["clients"] = how.clients;
  return result;
}

} // namespace bench
