#pragma once

#include "endpoint.hpp"
#include "interfaces.hpp"

#include "../actors/caf_compat.hpp"
#include "../actors/log.hpp"
#include "../messages/backoff.hpp"
#include "../messages/error.hpp"

#include <caf/actor_cast.hpp>
#include <caf/io/middleman_actor.hpp>
#include <spdlog/spdlog.h>

#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <string>
#include <utility>

namespace inbox {

/// Connects an actor to the gate of an inbox that another node has published,
/// with growing pauses until it is there.
template <class Self>
class connector {
public:
  /// `then` gets the gate, once for each call below.
  connector(Self self, endpoint where, backoff pauses,
            caf::io::middleman_actor middleman, logger_ptr log,
            uint64_t random_seed, std::function<void(const gate_actor&)> then)
    : self_{self},
      where_{std::move(where)},
      pauses_{pauses},
      middleman_{std::move(middleman)},
      log_{std::move(log)},
      random_{random_seed},
      then_{std::move(then)} {
    // nop
  }

  /// Begins now.
  void connect() {
    // CAF has a deadline of its own for this, in the network.
    request(self_, middleman_, caf::infinite, caf::connect_atom_v, where_.host,
            where_.port)
      .then(
        [this](const caf::node_id&, const caf::strong_actor_ptr& gate,
               const std::set<std::string>& interface) {
          if (gate
              && self_->system().template assignable<gate_actor>(interface))
            connected(gate);
          else
            connect_later("there is no inbox of this version");
        },
        [this](const caf::error& err) { connect_later(describe(err)); });
  }

  /// Begins after a pause.
  void connect_later(const std::string& why) {
    if (failures_++ == 0) // one line for many tries
      log_->warn("inbox_out_of_reach at=\"{}\" what=\"{}\"", to_string(where_),
                 why);
    self_->run_delayed(pauses_.delay(failures_, random_),
                       [this] { connect(); });
  }

  /// Has the next pause be a short one again.
  void is_of_use() {
    failures_ = 0;
  }

private:
  void connected(const caf::strong_actor_ptr& gate) {
    log_->info("inbox_connected at=\"{}\"", to_string(where_));
    then_(caf::actor_cast<gate_actor>(gate));
  }

  Self self_;
  endpoint where_;
  backoff pauses_;
  caf::io::middleman_actor middleman_;
  logger_ptr log_;
  std::mt19937_64 random_;
  std::function<void(const gate_actor&)> then_;
  uint32_t failures_ = 0;
};

} // namespace inbox
