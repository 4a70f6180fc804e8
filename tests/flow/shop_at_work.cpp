#include "shop_at_work.hpp"

#include <algorithm>
#include <utility>

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
  return write(1, count);
}

bool shop_at_work::write(uint32_t first, uint32_t last) {
  for (auto n = first; n <= last; ++n)
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

namespace {

/// Does something once: when told, or at its own end because a check failed.
class at_the_latest {
public:
  explicit at_the_latest(std::function<void()> what) : what_{std::move(what)} {
    // nop
  }

  at_the_latest(const at_the_latest&) = delete;
  at_the_latest& operator=(const at_the_latest&) = delete;

  ~at_the_latest() {
    if (what_)
      what_();
  }

  void now() {
    std::exchange(what_, nullptr)();
  }

private:
  std::function<void()> what_;
};

} // namespace

void survive(const fault& what, store_place& place,
             const inbox::options& options) {
  using clock = std::chrono::steady_clock;
  CAF_MESSAGE(what.what);
  shop_at_work work{place, options};
  work.shop->wait_until_ready(1);
  place.watch_settlements();
  at_the_latest heal{[&] { what.heal(place); }}; // others use the server, too
  // Handling may fall behind: there has to be something left to write then.
  constexpr auto half = shop_at_work::count / 2;
  std::promise<void> struck;
  auto written = std::async(std::launch::async, [&] {
    auto first = work.write(1, half);
    struck.get_future().wait();
    return work.write(half + 1, shop_at_work::count) && first;
  });
  at_the_latest go_on{[&] { struck.set_value(); }};
  CAF_CHECK(work.calls.wait_for(shop_at_work::count / 8));
  auto began = clock::now();
  auto before = work.errors.size();
  what.strike(place, work);
  go_on.now();
  auto seen = work.wait_for_error(what.code, what.text);
  // Longer than the first pauses, so that those that do not grow are seen.
  std::this_thread::sleep_for(500ms);
  auto errors = work.errors.size() - before;
  auto took = clock::now() - began;
  heal.now();
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
