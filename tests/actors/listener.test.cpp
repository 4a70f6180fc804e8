#include "../../actors/listener.hpp"

#include "../support/actor_fixture.hpp"

#include <deque>

// How an inbox hears what others say over the store.

using namespace inbox;
using namespace inbox::test;
using namespace std::chrono_literals;

namespace {

using news = caf::expected<std::vector<wake_up>>;

/// What a channel has to say: each entry is what one wait returns, and whether
/// others see this inbox from then on. With nothing left the signal ends, since
/// nobody can wait here.
struct channel_script {
  std::deque<std::pair<news, bool>> entries;
  std::deque<caf::error> refusals;
  size_t opened = 0;
};

class scripted_channel : public wake_channel {
public:
  explicit scripted_channel(channel_script& script) : script_{script} {
    ++script_.opened;
  }

  news wait(wake_signal& of_this) override {
    if (script_.entries.empty()) {
      of_this.end();
      return std::vector<wake_up>{};
    }
    auto [result, present] = std::move(script_.entries.front());
    script_.entries.pop_front();
    present_ = present;
    return std::move(result);
  }

  bool present() const override {
    return present_;
  }

private:
  channel_script& script_;
  bool present_ = true;
};

class fixture : public actor_fixture {
public:
  channel_script script;
  wake_signal_ptr signal = std::make_shared<wake_signal>();
  mailbox<wake_up> heard;
  mailbox<presence_changed> presence;
  mailbox<delivery_died> deaths;
  mailbox<error_occurred> errors;
  woken_actor inbox = play<woken_actor>(heard);
  caf::actor listener;

  void run() {
    auto open = [this]() -> caf::expected<wake_channel_ptr> {
      if (script.refusals.empty())
        return wake_channel_ptr{new scripted_channel{script}};
      auto err = script.refusals.front();
      script.refusals.pop_front();
      return err;
    };
    listener = caf::actor_cast<caf::actor>(start<listener_impl>(
      open, signal,
      listener_state::receivers{inbox.address(), play<present_actor>(presence),
                                play<observer_actor>(deaths, errors)}));
  }

  void say(news what, bool present = true) {
    script.entries.emplace_back(std::move(what), present);
  }

  std::vector<bool> presences() const {
    std::vector<bool> result;
    for (auto& x : presence.got())
      result.push_back(x.present);
    return result;
  }

  static caf::error lost() {
    return make_error(errc::connection_lost, "store", "is away");
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(listener_tests, fixture)

CAF_TEST(what others say goes to the inbox) {
  say(std::vector<wake_up>{{{"order"}}, {{"mail"}}});
  say(std::vector<wake_up>{{{"stock"}}});
  run();
  CAF_REQUIRE_EQUAL(heard.count(), 4u);
  // Something may have been missed before.
  CAF_CHECK(heard.got()[0].event_types.empty());
  CAF_CHECK_EQUAL(heard.got()[1].event_types.at(0), "order");
  CAF_CHECK_EQUAL(heard.got()[3].event_types.at(0), "stock");
  CAF_CHECK_EQUAL(presences(), std::vector<bool>{true});
  CAF_CHECK_EQUAL(errors.count(), 0u);
}

CAF_TEST(a lost connection is followed by another one) {
  say(lost());
  say(std::vector<wake_up>{{{"order"}}});
  run();
  CAF_CHECK_EQUAL(script.opened, 1u);
  CAF_CHECK_EQUAL(errors.count(), 1u);
  CAF_CHECK_EQUAL(presences(), (std::vector<bool>{true, false}));
  advance(100ms);
  CAF_CHECK_EQUAL(script.opened, 2u);
  CAF_CHECK_EQUAL(presences(), (std::vector<bool>{true, false, true}));
  CAF_REQUIRE_EQUAL(heard.count(), 3u);
  CAF_CHECK(heard.got()[1].event_types.empty());
}

CAF_TEST(the pauses grow and one error is reported once) {
  script.refusals.assign(20, lost());
  run();
  advance(1min);
  CAF_CHECK_EQUAL(errors.count(), 1u);
  // 0, 0.1, 0.3, 0.7, 1.5, 3.1, 6.3 s, and each five seconds after that.
  CAF_CHECK_EQUAL(script.refusals.size(), 20u - 17u);
}

CAF_TEST(an error that comes again later is reported again) {
  say(lost());
  say(std::vector<wake_up>{});
  say(lost());
  run();
  advance(1s);
  CAF_CHECK_EQUAL(errors.count(), 2u);
}

CAF_TEST(options that cannot be used are tried once in a minute) {
  script.refusals.assign(10, make_error(errc::invalid, "listen_url", "is bad"));
  run();
  advance(5min);
  CAF_CHECK_EQUAL(errors.count(), 1u);
  CAF_CHECK_EQUAL(script.refusals.size(), 4u);
}

CAF_TEST(a change of presence is told) {
  say(std::vector<wake_up>{}, false);
  say(std::vector<wake_up>{}, true);
  run();
  CAF_CHECK_EQUAL(presences(), (std::vector<bool>{true, false, true}));
}

CAF_TEST(it ends when it is told so) {
  run();
  CAF_CHECK(signal->ended());
  auto ended = begin<void>(caf::actor_cast<ending_actor>(listener), end_duty{});
  CAF_CHECK(*ended && **ended);
  CAF_CHECK(!has_pending_timeout());
}

CAF_TEST_FIXTURE_SCOPE_END()
