#include "spawn_inbox.hpp"

#include "guarded.hpp"
#include "inbox_actor.hpp"

#include "../storage/open_store.hpp"

#include <boost/uuid/random_generator.hpp>

#include <algorithm>
#include <atomic>
#include <exception>
#include <future>
#include <memory>
#include <mutex>
#include <random>
#include <utility>
#include <vector>

namespace inbox {

namespace {

/// Stores that are open and that nobody has yet. Safe from any thread.
class spare_stores {
public:
  void put(store_ptr x) {
    std::lock_guard guard{mutex_};
    stores_.push_back(std::move(x));
  }

  /// Returns null if there is none.
  store_ptr take() {
    std::lock_guard guard{mutex_};
    if (stores_.empty())
      return nullptr;
    auto result = std::move(stores_.back());
    stores_.pop_back();
    return result;
  }

private:
  std::mutex mutex_;
  std::vector<store_ptr> stores_;
};

/// Opens one more on a thread of its own. Where that fails, whoever needs it
/// tries again, and tells.
std::future<void> open_beside(std::shared_ptr<spare_stores> to,
                              store_opener open) {
  try {
    return std::async(std::launch::async,
                      [to = std::move(to), open = std::move(open)] {
                        if (auto x = guarded(open))
                          to->put(std::move(*x));
                      });
  } catch (const std::exception&) {
    return {}; // no thread, or no memory for one
  }
}

} // namespace

caf::expected<inbox_actor> spawn_inbox(caf::actor_system& sys, options config,
                                       registry handlers) {
  if (auto err = config.validate())
    return err;
  inbox_environment environment;
  environment.owner = boost::uuids::random_generator{}();
  auto channel = find_wake_channel(config.store, environment.owner);
  if (!channel)
    return std::move(channel.error());
  environment.open_channel = std::move(*channel);
  // Once it was there, the store is not made again: see missing_tables.
  auto seen = std::make_shared<std::atomic<bool>>(false);
  // Between two connections nothing else would keep a store in memory.
  auto opener = [seen, data = hold_store(config.store)](store_options store) {
    return [seen, data, store = std::move(store)] {
      auto result = open_store(store, system_time,
                               *seen ? missing_tables::refuse
                                     : missing_tables::make);
      if (result)
        *seen = true;
      return result;
    };
  };
  auto spare = std::make_shared<spare_stores>();
  environment.open = [spare, open = opener(config.store)] {
    if (auto x = spare->take())
      return caf::expected<store_ptr>{std::move(x)};
    return open();
  };
  // Renewals come three times in a lease: two may fail for want of an answer.
  auto renewing = config.store;
  renewing.deadline = std::min(renewing.deadline, config.lease_duration / 4);
  renewing.statement_timeout = std::min(renewing.statement_timeout,
                                        renewing.deadline / 8 * 5);
  renewing.connect_timeout = std::min(renewing.connect_timeout,
                                      renewing.deadline);
  environment.open_to_renew = opener(renewing);
  environment.connections = useful_connections(config.store);
  environment.random_seed = std::random_device{}();
  // To connect takes some milliseconds, so whoever is first need not do it
  // again. That is at once where there are handlers: one learns the routes and
  // claims, and one settles.
  auto is_used = !handlers.entries().empty();
  std::future<void> other;
  if (is_used && environment.connections == connection_use::per_role)
    other = open_beside(spare, environment.open);
  auto first = environment.open();
  if (other.valid())
    other.wait();
  if (!first && !is_transient(first.error()))
    return std::move(first.error());
  environment.store_is_there = static_cast<bool>(first);
  if (first && is_used)
    spare->put(std::move(*first));
  return inbox_actor{sys.spawn<inbox_impl>(
    std::move(config), std::move(handlers), std::move(environment))};
}

} // namespace inbox
