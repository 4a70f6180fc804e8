// Both versions of CAF let a scheduler and a clock of one's own take the place
// of theirs, each in another way.

#include "caf_world.hpp"

#include <caf/actor_clock.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/config.hpp>

#if CAF_MAJOR_VERSION >= 1
#  include <caf/detail/actor_system_access.hpp>
#  include <caf/scheduler.hpp>
#else
#  include <caf/execution_unit.hpp>
#  include <caf/scheduler/abstract_coordinator.hpp>
#endif

namespace simulation {

namespace {

/// Has `job` consume one message, and keeps or releases it as CAF wants that.
template <class Unit>
void resume(world& where, caf::resumable* job, Unit* unit) {
  switch (job->resume(unit, 1)) {
    case caf::resumable::resume_later:
      where.post(job);
      break;
    case caf::resumable::done:
    case caf::resumable::awaiting_message:
      caf::intrusive_ptr_release(job);
      break;
    default:
      break;
  }
}

class world_clock : public caf::actor_clock {
public:
  explicit world_clock(world& where) : world_{&where} {
    // nop
  }

  time_point now() const noexcept override {
    return world_->now();
  }

#if CAF_MAJOR_VERSION >= 1
  caf::disposable schedule(time_point when, caf::action what) override {
    return world_->at(when, std::move(what));
  }
#else
  caf::disposable schedule_periodically(time_point first, caf::action what,
                                        duration_type) override {
    return world_->at(first, std::move(what)); // no inbox repeats like that
  }
#endif

private:
  world* world_;
};

} // namespace

#if CAF_MAJOR_VERSION >= 1

namespace {

class world_scheduler : public caf::scheduler {
public:
  explicit world_scheduler(world& where) : world_{&where} {
    // nop
  }

  void schedule(caf::resumable* what) override {
    world_->post(what);
  }

  void delay(caf::resumable* what) override {
    world_->post(what);
  }

  void start() override {
    world_->set_runner([this](caf::resumable* job) {
      resume(*world_, job, static_cast<caf::scheduler*>(this));
    });
  }

  void stop() override {
    world_->run_for(caf::timespan{0});
  }

private:
  world* world_;
};

void set_up(caf::actor_system& sys, caf::actor_system_config&, void* where) {
  auto& x = *static_cast<world*>(where);
  caf::detail::actor_system_access access{sys};
  access.clock(std::make_unique<world_clock>(x));
  access.scheduler(std::make_unique<world_scheduler>(x));
}

/// The constructor is for those who derive.
class world_system : public caf::actor_system {
public:
  world_system(caf::actor_system_config& config, world& where)
    : caf::actor_system{config, set_up, &where} {
    // nop
  }
};

} // namespace

struct caf_world::impl {
  explicit impl(world& where) : system{config, where} {
    // nop
  }

  caf::actor_system_config config;
  world_system system;
};

#else

namespace {

class world_coordinator : public caf::scheduler::abstract_coordinator {
public:
  world_coordinator(caf::actor_system& sys, world& where)
    : abstract_coordinator{sys},
      world_{&where},
      clock_{where},
      unit_{sys, where} {
    // nop
  }

  void enqueue(caf::resumable* what) override {
    world_->post(what);
  }

  bool detaches_utility_actors() const override {
    return false;
  }

  caf::actor_clock& clock() noexcept override {
    return clock_;
  }

  // Without the base's: nobody prints.
  void start() override {
    world_->set_runner(
      [this](caf::resumable* job) { resume(*world_, job, &unit_); });
  }

  void stop() override {
    world_->run_for(caf::timespan{0});
  }

private:
  class unit : public caf::execution_unit {
  public:
    unit(caf::actor_system& sys, world& where)
      : caf::execution_unit{&sys},
        world_{&where} {
      // nop
    }

    void exec_later(caf::resumable* what) override {
      world_->post(what);
    }

  private:
    world* world_;
  };

  world* world_;
  world_clock clock_;
  unit unit_;
};

} // namespace

struct caf_world::impl {
  explicit impl(world& where) : config{where}, system{config} {
    // nop
  }

  struct world_config : caf::actor_system_config {
    explicit world_config(world& where) {
      module_factories.push_back([&where](caf::actor_system& sys) {
        return static_cast<caf::actor_system::module*>(
          new world_coordinator{sys, where});
      });
    }
  };

  world_config config;
  caf::actor_system system;
};

#endif

caf_world::caf_world(world& where) : impl_{std::make_unique<impl>(where)} {
  // nop
}

caf_world::~caf_world() {
  // Whoever is left would be waited for, for ever.
  impl_->system.await_actors_before_shutdown(false);
}

caf::actor_system& caf_world::system() noexcept {
  return impl_->system;
}

} // namespace simulation
