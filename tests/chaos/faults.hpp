#pragma once

#include "database.hpp"
#include "history.hpp"
#include "process.hpp"

#include "../support/relay.hpp"

#include <chrono>
#include <memory>
#include <optional>
#include <ostream>
#include <random>
#include <string>
#include <vector>

namespace chaos {

/// What a process of a run is.
enum class role {
  /// An inbox with handlers of its own.
  inbox,
  /// An inbox for the handlers of others.
  storage,
  /// Handlers, without a database, at all that are `storage`.
  handlers,
};

/// Returns the name that chaos_worker has for it.
[[nodiscard]] std::string to_string(role x);

/// The processes of a run, and what is done to them and to the database.
class faults {
public:
  struct settings {
    /// Path of chaos_worker.
    std::string worker;
    /// Which of the workloads they do.
    std::string workload;
    /// Where histories and outputs go.
    std::string folder;
    /// What each process is.
    std::vector<role> processes;
    size_t kills = 0;
    /// Pauses of a process, and outages of the database, for 20 kills.
    size_t stalls_per_20 = 5;
    size_t outages_per_20 = 3;
    /// Processes that are cut off from others or the database, for 20 kills.
    size_t cuts_per_20 = 4;
    /// Whether the database is reached over a network.
    bool has_network = false;
    /// Between two faults, on average.
    std::chrono::milliseconds pause{};
    /// How long a lease is; who is paused is so for longer.
    std::chrono::milliseconds lease{};
    uint64_t seed = 0;
  };

  /// Tells on `out` what it does.
  faults(database& where, settings config, std::ostream& out);

  /// Starts the processes, and goes on until so many were killed.
  void run();

  /// Lets all work undisturbed until nothing is left to do, or `limit` is over,
  /// and ends them. Returns false if one of them does not end well.
  [[nodiscard]] bool settle_down(std::chrono::seconds limit);

  /// Adds what the processes have written down, and the kills.
  void read(history& to) const;

  [[nodiscard]] size_t kills() const {
    return kills_.size();
  }

  [[nodiscard]] size_t stalls() const {
    return stalls_;
  }

  [[nodiscard]] size_t outages() const {
    return outages_;
  }

private:
  using clock = std::chrono::steady_clock;

  /// The host of one process at a time.
  struct worker {
    role kind = role::inbox;
    int number = 0;
    std::unique_ptr<process> program;
    /// When it may go on, if it is paused.
    std::optional<clock::time_point> paused_until;
    /// Where its inbox is published, 0 if it has none.
    uint16_t port = 0;
    /// On the way of others to it, if it is published, and on its own to the
    /// database.
    std::unique_ptr<relay> links;
    std::unique_ptr<relay> database;
    /// When all can be reached again, if it is cut off.
    std::optional<clock::time_point> cut_off_until;
  };

  [[nodiscard]] worker make_host(role kind) const;
  void start(worker& where);
  [[nodiscard]] std::vector<std::string> arguments_of(const worker& where);
  [[nodiscard]] std::string history_of(int number) const;
  /// Ends the nodes with handlers only, or all others.
  [[nodiscard]] bool end_all(bool handlers);
  void wait();
  void wake_up();
  void kill_one();
  void stall_one();
  void cut_off_one();
  void connect(worker& where);
  void disturb();
  void tell(const std::string& what);

  database& where_;
  settings config_;
  std::ostream& out_;
  std::mt19937_64 random_;
  clock::time_point began_ = clock::now();
  std::vector<worker> workers_;
  int last_number_ = 0;
  std::vector<kill> kills_;
  size_t stalls_ = 0;
  size_t outages_ = 0;
};

} // namespace chaos
