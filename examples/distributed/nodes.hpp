#pragma once

#include <inbox/nodes.hpp>

#include <caf/actor_system.hpp>

#include <chrono>
#include <string>
#include <vector>

/// What the three kinds of nodes do. Each returns the program's exit status.

/// Publishes an inbox, writes its port to standard output, and drains at the
/// end of standard input. Each attempt has until `deadline`. Is linked to those
/// that `peers` have published, which are on the same store.
int run_storage(caf::actor_system& sys, const std::string& store,
                const inbox::endpoint& where, std::chrono::seconds deadline,
                const std::vector<inbox::endpoint>& peers);

/// Handles orders until the end of standard input; writes a line for each
/// beginning and each end of an attempt, which takes `work`.
int run_handler(caf::actor_system& sys, const inbox::endpoint& where,
                const std::string& name, std::chrono::milliseconds work);

/// Writes `count` orders, waits until all are done, and writes one line of
/// JSON: how many are `done`, and how many of them needed more than one
/// attempt.
int run_writer(caf::actor_system& sys, const inbox::endpoint& where,
               unsigned count);

/// Writes what went wrong to standard error.
int fail(const caf::error& err);
