#include "application.hpp"

#include "../support/run_in.hpp"

#include "../../actors/inbox_actor.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <caf/exit_reason.hpp>
#include <spdlog/sinks/null_sink.h>
#include <spdlog/spdlog.h>

#include <stdexcept>
#include <utility>

namespace simulation {

using namespace std::chrono_literals;

namespace {

std::shared_ptr<spdlog::logger> silent_logger() {
  static const auto result = [] {
    auto sink = std::make_shared<spdlog::sinks::null_sink_st>();
    auto x = std::make_shared<spdlog::logger>("simulation", sink);
    x->set_level(spdlog::level::off);
    return x;
  }();
  return result;
}

inbox::uuid make_owner(world::process_id process) {
  inbox::uuid result{};
  result.data[0] = 0xFF;
  result.data[15] = static_cast<uint8_t>(process);
  return result;
}

} // namespace

application::application(surroundings around, inbox::options config,
                         manners how, uint32_t concurrency,
                         uint64_t random_seed)
  : around_{around},
    config_{std::move(config)},
    manners_{how},
    concurrency_{concurrency},
    random_seed_{random_seed},
    process_{around.where.add_process()} {
  config_.logger = silent_logger();
  config_.on_dead = [this](auto& x) { around_.log.died(x); };
}

// -- the process --------------------------------------------------------------

void application::start() {
  around_.where.in(process_, [this] {
    inbox::inbox_environment environment;
    environment.open = around_.store.opener(config_.store.deadline);
    environment.open_to_renew
      = around_.store.opener(config_.lease_duration / 4);
    environment.connections = inbox::connection_use::per_role;
    environment.detach = false;
    environment.owner = make_owner(process_);
    environment.random_seed = random_seed_;
    inbox::registry handlers;
    for (auto key : {"mail", "stock"})
      if (auto err = handlers.on(
            "order", key,
            [this](const inbox::delivery& x) { return handle(x); }, {2}))
        throw std::logic_error(inbox::describe(err));
    inbox_ = around_.system.spawn<inbox::inbox_impl>(config_,
                                                     std::move(handlers),
                                                     std::move(environment));
    actor_ = around_.system.spawn(
      [this](caf::event_based_actor* self) -> caf::behavior {
        self_ = self;
        register_handler();
        return {[](inbox::end_duty) {}};
      });
  });
}

void application::stop() {
  caf::anon_send_exit(inbox_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(actor_, caf::exit_reason::user_shutdown);
  caf::anon_send_exit(handler_, caf::exit_reason::user_shutdown);
  inbox_ = nullptr;
  actor_ = nullptr;
  handler_ = nullptr;
}

void application::act(std::function<void()> what) {
  around_.where.in(process_,
                   [&] { inbox::test::run_in(actor_, std::move(what)); });
}

void application::drain() {
  draining_ = true;
  around_.log.draining(process_);
  act([this] {
    auto since = around_.where.now();
    auto limit = longest_drain(config_);
    inbox::request(self_, inbox_, caf::infinite, inbox::drain_inbox{})
      .then(
        [this, since, limit](const inbox::drain_report& report) {
          drained_ = true;
          // What is left to expire is not given back.
          if (report.abandoned == 0)
            around_.log.drained(around_.store.leased_to(make_owner(process_)));
          if (around_.where.now() - since > limit)
            around_.log.violated("draining took too long");
        },
        [this](const caf::error& err) {
          around_.log.violated("draining failed: " + to_string(err));
        });
  });
}

// -- writing ------------------------------------------------------------------

void application::write(std::vector<std::vector<inbox::event>> batches) {
  act([this, batches = std::move(batches)]() mutable {
    batches_.insert(batches_.end(), std::make_move_iterator(batches.begin()),
                    std::make_move_iterator(batches.end()));
    if (!writing_)
      write_next();
  });
}

void application::write_next() {
  writing_ = next_ < batches_.size();
  if (!writing_)
    return;
  auto again = [this] {
    self_->run_delayed(around_.where.between(1ms, 300ms),
                       [this] { write_next(); });
  };
  inbox::request(self_, inbox_, config_.request_timeout,
                 inbox::write_events{batches_[next_]})
    .then(
      [this, again](const inbox::written_events&) {
        for (auto& x : batches_[next_])
          around_.log.acknowledged(x);
        ++next_;
        again();
      },
      [this, again](const caf::error& err) {
        // Draining is for ever: somebody else has to write the rest.
        if (inbox::code_of(err) != inbox::errc::stopped)
          again();
      });
}

// -- functions ----------------------------------------------------------------

void application::work(caf::timespan duration, const inbox::delivery& x) {
  auto end = around_.where.now() + duration;
  auto deaf = around_.where.chance(30);
  while (around_.where.now() < end && !around_.where.is_ending() && !calm_
         && (deaf || !x.canceled()))
    around_.where.sleep(
      std::min<caf::timespan>(end - around_.where.now(), 20ms));
}

inbox::outcome application::handle(const inbox::delivery& x) {
  auto& where = around_.where;
  auto call = around_.log.call_began(x.event().id, x.handler_key(), x.attempt(),
                                     [&x] { return x.canceled(); });
  auto roll = where.below(100);
  auto is = [&](uint64_t percent) {
    if (!calm_ && roll < percent)
      return true;
    roll -= percent;
    return false;
  };
  auto good = true;
  auto throwing = false;
  if (is(manners_.deadly)) {
    around_.log.killed(process_);
    where.kill(process_);
    where.sleep(1ms); // for ever
  } else if (is(manners_.endless)) {
    while (!calm_ && !where.is_ending())
      where.sleep(100ms);
  } else if (is(manners_.overdue)) {
    auto end = where.now() + config_.handler_timeout + where.between(0ms, 1s);
    while (where.now() < end && !calm_ && !where.is_ending())
      where.sleep(50ms);
  } else if (is(manners_.slow)) {
    work(where.between(0ms, config_.handler_timeout - 100ms), x);
    good = !x.canceled();
  } else if (is(manners_.failing)) {
    good = false;
  } else if (is(manners_.throwing)) {
    good = false;
    throwing = true;
  } else {
    where.sleep(where.between(0ms, 5ms));
  }
  around_.log.call_ended(call, good);
  if (throwing)
    throw std::runtime_error("by chance");
  return good ? inbox::done() : inbox::failed("by chance");
}

// -- an actor -----------------------------------------------------------------

inbox::handler_actor application::spawn_handler() {
  return around_.system.spawn([this](inbox::handler_actor::pointer self)
                                -> inbox::handler_actor::behavior_type {
    return {[this, self](const inbox::handle_event& x) {
      auto reply = self->make_response_promise<inbox::outcome>();
      answer(self, x, reply);
      return reply;
    }};
  });
}

void application::answer(inbox::handler_actor::pointer self,
                         const inbox::handle_event& x,
                         caf::typed_response_promise<inbox::outcome> reply) {
  auto& where = around_.where;
  auto call = around_.log.call_began(x.event.id, x.handler_key, x.attempt,
                                     [flag = x.cancellation] {
                                       return flag.requested();
                                     });
  answering_.insert(call);
  if (!calm_ && where.chance(manners_.quitting)) {
    end_handler();
    self->quit();
    act([this] { register_handler(); });
    return;
  }
  auto pause = where.between(0ms, 5ms);
  if (!calm_ && where.chance(manners_.slow))
    pause = where.between(0ms, config_.handler_timeout - 100ms);
  else if (!calm_ && where.chance(manners_.overdue))
    pause = config_.handler_timeout + 300ms;
  auto good = calm_ || !where.chance(manners_.failing);
  self->run_delayed(pause, [this, call, good, reply]() mutable {
    answering_.erase(call);
    around_.log.call_ended(call, good);
    reply.deliver(good ? inbox::done() : inbox::failed("by chance"));
  });
}

void application::register_handler() {
  if (!handler_)
    handler_ = caf::actor_cast<caf::actor>(spawn_handler());
  auto again = [this] {
    self_->run_delayed(around_.where.between(10ms, 200ms),
                       [this] { register_handler(); });
  };
  inbox::request(self_, inbox_, config_.request_timeout,
                 inbox::register_handler{"refund", "mail", handler_,
                                         concurrency_})
    .then(
      [again](const inbox::registered_handler& x) {
        // The inbox may not know yet that the one before has ended.
        if (!x.added)
          again();
      },
      [again](const caf::error& err) {
        if (inbox::code_of(err) != inbox::errc::stopped)
          again();
      });
}

void application::change_handler() {
  act([this] {
    inbox::request(self_, inbox_, caf::infinite,
                   inbox::unregister_handler{"refund", "mail"})
      .then([this](const inbox::unregistered_handler&) { replace_handler(); },
            [this](const caf::error&) { replace_handler(); });
  });
}

void application::replace_handler() {
  caf::anon_send_exit(handler_, caf::exit_reason::user_shutdown);
  end_handler();
  register_handler();
}

void application::end_handler() {
  // What it was at ends with it.
  for (auto call : answering_)
    around_.log.call_ended(call, false);
  answering_.clear();
  handler_ = nullptr;
}

} // namespace simulation
