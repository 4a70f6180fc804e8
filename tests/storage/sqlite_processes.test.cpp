#include "local_test_stores.hpp"

#include <caf/test/dsl.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>
#include <set>

// Several processes on one SQLite file.

using namespace inbox;
using namespace std::chrono_literals;

namespace {

event make(uint32_t n) {
  event result;
  result.id.data[0] = 1;
  for (int i = 0; i < 4; ++i)
    result.id.data[15 - i] = static_cast<uint8_t>(n >> (8 * i));
  result.type = "order";
  return result;
}

class fixture {
public:
  temporary_folder folder;
  store_options options;

  fixture() {
    options.url = "sqlite:" + folder.file("inbox.db");
  }

  store_ptr open() {
    return std::move(*open_store(options));
  }

  /// Runs `f` in a process of its own, which ends with what `f` returns. There
  /// must be no open store: SQLite's locks do not survive a fork.
  static pid_t start(const std::function<int()>& f) {
    auto child = fork();
    if (child == 0)
      _exit(f());
    return child;
  }

  static int wait_for(pid_t child) {
    int state = 0;
    waitpid(child, &state, 0);
    return WIFEXITED(state) ? WEXITSTATUS(state) : -1;
  }
};

} // namespace

CAF_TEST_FIXTURE_SCOPE(sqlite_process_tests, fixture)

CAF_TEST(processes that do everything at once) {
  constexpr uint32_t count = 40;
  auto work = [this](uint32_t me) {
    auto db = open_store(options);
    if (!db)
      return 1;
    auto route = (*db)->add({"order", "mail"});
    if (!route)
      return 2;
    uint32_t done = 0;
    for (uint32_t n = 0; n < count; ++n) {
      // One event of its own, and one that all processes write.
      if (!(*db)->write({make(1000 * me + n), make(n)}))
        return 3;
      auto claimed = (*db)->claim({{}, {{route->route, 3}}, 3, 600s, 5});
      if (!claimed)
        return 4;
      settle_deliveries request;
      for (auto& x : claimed->claimed)
        request.settlements.push_back({x.lease, verdict::done, {}, ""});
      auto settled = (*db)->settle(request);
      if (!settled || !settled->lost.empty())
        return 5;
      done += static_cast<uint32_t>(claimed->claimed.size());
    }
    return done > 0 ? 0 : 6;
  };
  std::vector<pid_t> children;
  for (uint32_t me = 1; me <= 4; ++me)
    children.push_back(start([&work, me] { return work(me); }));
  for (auto child : children)
    CAF_CHECK_EQUAL(wait_for(child), 0);
  auto summary = open()->summarize();
  CAF_REQUIRE_EQUAL(summary->routes.size(), 1u);
  auto& found = summary->routes[0];
  CAF_CHECK_EQUAL(found.pending + found.done, 5 * count);
  CAF_CHECK_EQUAL(found.in_progress + found.failed + found.dead, 0u);
}

CAF_TEST(what was acknowledged survives a kill) {
  int out[2];
  CAF_REQUIRE_EQUAL(pipe(out), 0);
  auto child = start([&] {
    auto db = open_store(options);
    if (!db || !(*db)->add({"order", "mail"}))
      return 1;
    for (uint32_t n = 1;; ++n) {
      auto written = (*db)->write({make(2 * n), make(2 * n + 1)});
      if (!written || write(out[1], &n, sizeof(n)) != sizeof(n))
        return 2;
    }
  });
  close(out[1]);
  uint32_t acknowledged = 0;
  uint32_t n = 0;
  while (acknowledged < 30 && read(out[0], &n, sizeof(n)) == sizeof(n))
    acknowledged = n;
  kill(child, SIGKILL);
  while (read(out[0], &n, sizeof(n)) == sizeof(n))
    acknowledged = n;
  close(out[0]);
  wait_for(child);
  CAF_CHECK_GREATER_OR_EQUAL(acknowledged, 30u);
  auto db = open();
  for (uint32_t i = 1; i <= acknowledged; ++i)
    for (auto number : {2 * i, 2 * i + 1})
      CAF_CHECK_EQUAL(db->find({make(number).id})->deliveries.size(), 1u);
  // The one that was under way is there as a whole or not at all.
  auto next = 2 * (acknowledged + 1);
  CAF_CHECK_EQUAL(db->find({make(next).id})->deliveries.size(),
                  db->find({make(next + 1).id})->deliveries.size());
}

CAF_TEST_FIXTURE_SCOPE_END()
