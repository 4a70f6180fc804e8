#include "app.hpp"
#include "child_process.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>

// Two processes on one store share the work and never do it twice.

using namespace flow;

namespace {

/// A file that begins empty and is gone at the end.
class scratch_file {
public:
  scratch_file()
    : path_{std::filesystem::temp_directory_path()
            / ("flow-log-" + std::to_string(getpid()))} {
    std::ofstream{path_};
  }

  ~scratch_file() {
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  std::string name() const {
    return path_.string();
  }

  std::vector<std::string> lines() const {
    std::vector<std::string> result;
    std::ifstream file{path_};
    for (std::string line; std::getline(file, line);)
      result.push_back(line);
    return result;
  }

private:
  std::filesystem::path path_;
};

/// Reads the number behind a word in a line such as "done 7 lost 0".
int64_t number_of(const std::string& word, const std::string& line) {
  auto i = line.find(word + ' ');
  if (i == std::string::npos)
    CAF_FAIL("there is no " << word << " in: " << line);
  return std::stoll(line.substr(i + word.size() + 1));
}

} // namespace

CAF_TEST(each of two thousand events is handled once per key) {
  on_durable_stores([](store_place& place) {
    constexpr uint32_t count = 2000;
    scratch_file log;
    std::vector<std::string> arguments{log.name(), std::to_string(count)};
    // At the same time, so that they also meet when they make the tables.
    child_process processes[] = {{"share_store", place, arguments},
                                 {"share_store", place, arguments}};
    for (auto& x : processes)
      x.write_line("write");
    // Both write all of it: who comes second is told that it is there.
    int64_t stored = 0;
    for (auto& x : processes)
      stored += number_of("stored", x.read_line());
    CAF_CHECK_EQUAL(stored, count);
    place.watch_settlements();
    for (auto& x : processes)
      CAF_CHECK_EQUAL(x.read_line(), "begun");
    for (auto& x : processes)
      x.write_line("handle");
    app watcher{quick_options(place)};
    watcher.wait_until_finished();
    int64_t done = 0;
    for (auto& x : processes) {
      x.write_line("end");
      auto report = x.read_line();
      auto own = number_of("done", report);
      CAF_MESSAGE("one of them did " << own);
      CAF_CHECK_GREATER(own, 0);
      done += own;
      CAF_CHECK_EQUAL(number_of("lost", report), 0);
      CAF_CHECK_EQUAL(number_of("abandoned", report), 0);
      CAF_CHECK_EQUAL(x.wait(), 0);
    }
    CAF_CHECK_EQUAL(done, 2 * count);
    CAF_CHECK_EQUAL(watcher.summary("order", "mail").done, count);
    CAF_CHECK_EQUAL(watcher.summary("order", "stock").done, count);
    auto calls = log.lines();
    std::set<std::string> different{calls.begin(), calls.end()};
    CAF_CHECK_EQUAL(calls.size(), size_t{2 * count});
    CAF_CHECK_EQUAL(different.size(), calls.size());
    CAF_CHECK_EQUAL(place.settled_twice(), 0);
    // No delivery was claimed twice. In the queue of PostgreSQL a token is that
    // of a claim, and what is given back or fails leaves it.
    auto is_queue = place.kind() == std::string{"postgres"};
    CAF_CHECK_EQUAL(place.number(
                      "select count(*) from @delivery where attempts <> 1"
                      + std::string{is_queue ? "" : " or lease_token <> 1"}),
                    0);
  });
}
