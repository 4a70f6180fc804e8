#include "open_memory_store.hpp"

#include "memory_store.hpp"

#include <map>
#include <mutex>
#include <utility>

namespace inbox {

namespace {

/// Finds or makes the data of a name and prefix, the same for all that ask
/// while somebody holds it.
std::shared_ptr<memory::tables> shared_tables(const std::string& name,
                                              const std::string& prefix) {
  using key = std::pair<std::string, std::string>;
  static std::mutex mutex;
  static std::map<key, std::weak_ptr<memory::tables>> registry;
  std::lock_guard guard{mutex};
  for (auto i = registry.begin(); i != registry.end();)
    i = i->second.expired() ? registry.erase(i) : std::next(i);
  auto& entry = registry[key{name, prefix}];
  auto result = entry.lock();
  if (result == nullptr) {
    result = std::make_shared<memory::tables>();
    entry = result;
  }
  return result;
}

} // namespace

caf::expected<store_ptr> open_memory_store(const std::string& name,
                                           const std::string& prefix,
                                           time_source now) {
  return store_ptr{std::make_unique<memory::memory_store>(
    shared_tables(name, prefix), std::move(now))};
}

std::shared_ptr<void> hold_memory_store(const std::string& name,
                                        const std::string& prefix) {
  return shared_tables(name, prefix);
}

} // namespace inbox
