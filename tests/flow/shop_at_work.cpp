#include "shop_at_work.hpp"

#include <algorithm>

namespace flow {

using inbox::errc;

shop_at_work::shop_at_work(store_place& place, inbox::options options)
  : place_{place} {
  options.on_error = [this](const caf::error& x) { errors.add(x); };
  options.on_dead = [this](const inbox::delivery_died& x) { died.add(x); };
  options.max_attempts = 30;
  options.lease_duration = 2s;
  options.handler_timeout = 1900ms;
  options.batch_size = 20;
  inbox::registry handlers;
  on(handlers, "order", "mail",
     [this](const inbox::delivery& x) { calls.add(x.event().id); }, {4});
  shop = std::make_unique<app>(options, handlers);
}

bool shop_at_work::write_all() {
  for (uint32_t n = 1; n <= count; ++n)
    if (!eventually([&] { return bool{(*shop)->write(make(n))}; }))
      return false;
  return true;
}

void shop_at_work::check_all_done() {
  shop->wait_until_finished();
  CAF_CHECK_EQUAL(shop->summary("order", "mail").done, count);
  CAF_CHECK_EQUAL(place_.settled_twice(), 0);
  CAF_CHECK_EQUAL(died.size(), 0u);
  CAF_CHECK_GREATER_OR_EQUAL(calls.size(), count);
  CAF_CHECK_EQUAL(shop->drain().abandoned, 0u);
}

bool shop_at_work::wait_for_error(errc code, const std::string& text) {
  return eventually([&] {
    auto all = errors.all();
    return std::any_of(all.begin(), all.end(), [&](const caf::error& x) {
      return x == code && inbox::describe(x).find(text) != std::string::npos;
    });
  });
}

void survive(const fault& what, store_place& place,
             const inbox::options& options) {
  using clock = std::chrono::steady_clock;
  CAF_MESSAGE(what.what);
  shop_at_work work{place, options};
  work.shop->wait_until_ready(1);
  place.watch_settlements();
  // Also when a check in between fails: others use the server after this.
  struct healer {
    std::function<void()> heal;
    ~healer() {
      if (heal)
        heal();
    }
  } guard{[&] { what.heal(place); }};
  auto written = std::async(std::launch::async,
                            [&] { return work.write_all(); });
  CAF_CHECK(work.calls.wait_for(shop_at_work::count / 8));
  auto began = clock::now();
  auto before = work.errors.size();
  what.strike(place, work);
  auto seen = work.wait_for_error(what.code, what.text);
  // Longer than the first pauses, so that those that do not grow are seen.
  std::this_thread::sleep_for(500ms);
  auto errors = work.errors.size() - before;
  auto took = clock::now() - began;
  std::exchange(guard.heal, nullptr)();
  CAF_CHECK(seen);
  if (!seen)
    for (auto& x : work.errors.all())
      CAF_MESSAGE(inbox::describe(x));
  CAF_MESSAGE(errors << " errors within " << caf::timespan{took});
  CAF_CHECK_LESS(errors, 50u + took / 5ms); // the writer tries that often
  CAF_CHECK(written.get());
  work.check_all_done();
  for (auto& x : work.errors.all())
    CAF_CHECK_NOT_EQUAL(inbox::code_of(x), errc{});
}

} // namespace flow
