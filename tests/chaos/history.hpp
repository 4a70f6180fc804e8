#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

/// What happened in a run, put together from what each process and the database
/// wrote down. Times are microseconds since 1970, of one clock for all.

namespace chaos {

/// An event whose writer was told that it is stored.
struct acknowledgement {
  std::string event_id;
  std::string event_type;
  int64_t at = 0;
};

/// One call of a handler. Without `ended` if its process was killed meanwhile,
/// or did not come to its end.
struct call {
  int process = 0;
  std::string event_id;
  std::string handler_key;
  uint32_t attempt = 0;
  int64_t began = 0;
  std::optional<int64_t> ended;
  /// What the handler answered.
  bool succeeded = false;
};

/// A change of a delivery that ended a lease or a final status, as the database
/// saw it.
struct transition {
  std::string event_id;
  std::string handler_key;
  int64_t at = 0;
  int progress_before = 0;
  int progress_after = 0;
  int64_t attempts_before = 0;
  int64_t attempts_after = 0;
};

/// A delivery at the end of the run.
struct final_delivery {
  std::string event_id;
  std::string event_type;
  std::string handler_key;
  /// Position in the order of writing.
  int64_t seq = 0;
  std::string ordering_key;
  int progress = 0;
  int64_t attempts = 0;
  /// Who wrote it, one event after the other. What two have written at the same
  /// time has no order.
  std::string writer;
};

/// A process that was killed.
struct kill {
  int process = 0;
  int64_t at = 0;
};

struct history {
  /// How long a call may take before it has failed, in microseconds.
  int64_t handler_timeout = 0;
  /// After how many attempts a delivery may be dead.
  int64_t max_attempts = INT64_MAX;
  /// Whether the database's clock was set: then nothing that it was to wait for
  /// lasts as long as that.
  bool clock_was_set = false;
  /// Whether an attempt can fail whatever its handler did: since its effects
  /// were refused, or the link to its node was lost.
  bool fails_without_handler = false;
  std::vector<acknowledgement> acknowledged;
  std::vector<call> calls;
  /// In the order of the database.
  std::vector<transition> transitions;
  std::vector<final_delivery> deliveries;
  std::vector<kill> kills;
};

/// Returns the time for a history.
[[nodiscard]] int64_t now_micros();

/// A file to which one process appends what it does, a line at a time. What was
/// appended stays when the process is killed.
class log_file {
public:
  /// Throws std::runtime_error if the file cannot be opened.
  explicit log_file(const std::string& name);

  log_file(const log_file&) = delete;
  log_file& operator=(const log_file&) = delete;

  ~log_file();

  void acknowledged(const std::string& event_id, const std::string& event_type);
  void began(const std::string& event_id, const std::string& handler_key,
             uint32_t attempt);
  void ended(const std::string& event_id, const std::string& handler_key,
             uint32_t attempt, bool succeeded);

private:
  void append(const std::string& line);

  int file_;
};

/// Adds what process number `process` has written to `name`. A last line that
/// is cut off is left out. Throws std::runtime_error for any other line that is
/// none of a `log_file`.
void read_log(const std::string& name, int process, history& to);

} // namespace chaos
