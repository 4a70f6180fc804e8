#include "shop.hpp"

#include "../../../actors/caf_compat.hpp"
#include "../../../storage/open_store.hpp"

#include <caf/event_based_actor.hpp>

#include <future>

namespace bench {

using std::chrono::steady_clock;

namespace {

/// Clients that each write one event after another, each once the one before
/// has its receipt.
class crowd {
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
      sys.spawn([this](caf::event_based_actor* self) { next(self); });
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
        [this, self](const inbox::written_events& x) {
          if (x.receipts.at(0).result != inbox::write_result::stored)
            fail("an event was not stored");
          if (++done_ == how_.records)
            ended_.set_value();
          next(self);
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

nlohmann::json write_singles(const setting& how) {
  auto options = make_options(how);
  caf::actor_system_config config;
  caf::actor_system sys{config};
  auto actor = value(inbox::spawn_inbox(sys, options));
  inbox::client box{sys, actor, options};
  value(value(inbox::open_store(options.store))->add({"order", "key0"}));
  crowd clients{how, actor};
  auto seconds = clients.run(sys);
  value(box.drain());
  return {{"records", how.records},
          {"clients", how.clients},
          {"seconds", seconds},
          {"rate", static_cast<double>(how.records) / seconds}};
}

} // namespace bench
