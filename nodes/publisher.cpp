#include "publisher.hpp"

#include "gate.hpp"
#include "greeter.hpp"
#include "registrar.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/watch.hpp"

#include <spdlog/spdlog.h>

#include <chrono>
#include <utility>

namespace inbox {

namespace {

// Between the end of a gate and the next one, and between two tries.
constexpr timespan pause = std::chrono::milliseconds{200};

} // namespace

publisher_state::publisher_state(publisher_actor::pointer self,
                                 inbox_actor inbox, endpoint where,
                                 size_t max_handlers, size_t max_peers,
                                 caf::io::middleman_actor middleman,
                                 logger_ptr log)
  : self_{self},
    inbox_{std::move(inbox)},
    where_{std::move(where)},
    middleman_{std::move(middleman)},
    log_{use_logger(std::move(log))},
    registrar_{self->spawn<registrar_impl>(inbox_, max_handlers)},
    greeter_{self->spawn<greeter_impl>(caf::actor_cast<peering_actor>(inbox_),
                                       max_peers)} {
  // nop
}

publisher_actor::behavior_type publisher_state::make_behavior() {
  // Nobody else needs to hold on to this actor.
  inbox_->attach_functor([self = publisher_actor{self_}](const caf::error&) {
    send_anonymously(self, end_duty{});
  });
  return {
    [this](caf::publish_atom) { return publish(); },
    [this](const handler_down&) {
      if (ending_)
        return;
      log_->warn("gate_ended at=\"{}\"", to_string(where_));
      gate_ = nullptr;
      publish_again();
    },
    [this](const end_duty&) { end(); },
  };
}

caf::result<uint16_t> publisher_state::publish() {
  auto reply = self_->make_response_promise<uint16_t>();
  open_port([reply](uint16_t port) mutable { reply.deliver(port); },
            [reply](caf::error& err) mutable {
              reply.deliver(std::move(err));
            });
  return reply;
}

template <class Then, class Fail>
void publisher_state::open_port(Then then, Fail fail) {
  if (!gate_)
    spawn_gate();
  port_ = port_state::opening;
  request(self_, middleman_, caf::infinite, caf::publish_atom_v, where_.port,
          caf::actor_cast<caf::strong_actor_ptr>(gate_),
          self_->system().message_types(gate_), where_.host, true)
    .then(
      [this, then](uint16_t port) mutable {
        where_.port = port;
        port_ = port_state::open;
        log_->info("inbox_published at=\"{}\" tls={}", to_string(where_),
                   where_.tls);
        then(port);
        if (ending_)
          end();
      },
      [this, fail](caf::error& err) mutable {
        port_ = port_state::closed; // somebody else's, maybe
        fail(err);
        if (ending_)
          end();
      });
}

void publisher_state::spawn_gate() {
  gate_
    = self_->spawn<gate_impl>(inbox_,
                              caf::actor_cast<registering_actor>(registrar_),
                              caf::actor_cast<greeting_actor>(greeter_));
  watch(self_->address(), caf::actor_cast<caf::actor>(gate_));
}

void publisher_state::publish_again() {
  close_port();
  self_->run_delayed(pause, [this] {
    open_port([](uint16_t) {},
              [this](caf::error& err) {
                log_->error("inbox_not_published at=\"{}\" what=\"{}\"",
                            to_string(where_), describe(err));
                self_->send_exit(gate_, caf::exit_reason::kill); // and again
              });
  });
}

void publisher_state::end() {
  ending_ = true;
  if (port_ == port_state::opening)
    return; // again when that is answered
  close_port();
  send(self_, registrar_, end_duty{});
  send(self_, greeter_, end_duty{});
  if (gate_)
    self_->send_exit(gate_, caf::exit_reason::kill);
  self_->quit();
}

void publisher_state::close_port() {
  // It listens no longer; connections that there are stay.
  if (std::exchange(port_, port_state::closed) == port_state::open)
    request(self_, middleman_, caf::infinite, caf::close_atom_v, where_.port)
      .then([] {},
            [](const caf::error&) {
              // It was closed before.
            });
}

} // namespace inbox
