#pragma once

#include <sys/types.h>

#include <chrono>
#include <string>
#include <vector>

namespace chaos {

/// A program that runs beside this one. Reads lines from here, and writes what
/// it has to say to a file. Killed at the end, unless it ended.
class process {
public:
  /// Throws std::runtime_error if the program cannot be started.
  process(const std::string& program, std::vector<std::string> arguments,
          const std::string& output_file);

  process(const process&) = delete;
  process& operator=(const process&) = delete;

  ~process();

  /// Writes a line to its standard input; ignored if it has ended.
  void tell(const std::string& line);

  /// Ends it as a power cut would, and waits until it is gone.
  void kill();

  /// Pauses all of it, as a machine does that is paused.
  void stop();

  void go_on();

  /// Waits for its end. Returns its exit status, minus the signal that ended
  /// it, or -1000 if it does not end in time.
  int wait(std::chrono::seconds limit);

private:
  pid_t pid_ = -1;
  int input_ = -1;
};

} // namespace chaos
