#pragma once

#include "store_place.hpp"

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <vector>

namespace flow {

/// A program of tests/flow/programs/ that runs beside the test. Its standard
/// input and output are pipes to here. It is killed at the end, unless it
/// ended.
class child_process {
public:
  /// Starts a program with the store's URL and prefix as its first arguments.
  child_process(const std::string& program, const store_place& place,
                const std::vector<std::string>& arguments = {});

  ~child_process();

  child_process(const child_process&) = delete;
  child_process& operator=(const child_process&) = delete;

  /// Returns the next line that it writes; fails the test if none comes.
  std::string read_line();

  /// Writes a line to its standard input.
  void write_line(const std::string& line);

  /// Ends it as a power cut would, and waits until it is gone.
  void kill();

  /// Waits until it has stopped itself and stands still, as a machine does that
  /// is paused.
  void wait_until_stopped();

  void go_on();

  /// Waits for its end. Returns its exit status, or minus the signal that ended
  /// it; fails the test if it does not end.
  int wait();

private:
  bool has_ended();

  pid_t pid_ = -1;
  int input_ = -1;
  int output_ = -1;
  int status_ = 0;
  std::string buffer_;
};

/// Returns the line that the program `remote_handler` writes when it gets a
/// request of the nth event.
[[nodiscard]] std::string request_line(uint32_t n, const std::string& what,
                                       int attempt);

} // namespace flow
