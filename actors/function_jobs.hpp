#pragma once

#include "block_deque.hpp"
#include "job_queue.hpp"

#include "../messages/function_duties.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace inbox {

/// What waits for a handler function, what runs and what has ended: shared by a
/// function handler, its owner, and the workers that run the function, each on
/// a thread of its own. They need no message for each job.
///
/// Safe from any thread; nothing in here blocks or calls anybody. Times are
/// those of the process's monotonic clock.
class function_jobs {
public:
  using worker_id = uint64_t;

  struct job {
    uint64_t ticket = 0;
    handle_event request;
    /// It is not begun after this: it has ended as not begun.
    timespan not_after = timespan::max();
    /// When it has failed at the latest, however late it begins.
    timespan expires = timespan::max();
    /// Null if it does not come from the dispatcher.
    lease which = {};
  };

  struct ending {
    uint64_t ticket = 0;
    /// Null if it was not begun.
    std::optional<outcome> result;
    timespan took{};
    own_commit commit = {};
    /// As the job has it.
    lease which = {};
  };

  /// A job that has not ended in time.
  struct overdue {
    ending end;
    std::string handler_key;
  };

  /// Lets no more than so many jobs run at a time, stuck ones aside.
  explicit function_jobs(uint32_t concurrency);

  // -- for the owner ----------------------------------------------------------

  void push(job x);

  /// Adds those of the dispatcher, with the tickets that follow `last`. Returns
  /// the last one of them.
  uint64_t push(std::vector<function_job> xs, uint64_t last);

  /// Takes a sleeping worker for whom there is a job, and takes it for awake.
  [[nodiscard]] std::optional<worker_id> wake();

  /// Tells whether there is a job for one more worker than there are.
  [[nodiscard]] bool wants_worker() const;

  /// Counts one more worker, which is awake.
  [[nodiscard]] worker_id add_worker();

  /// Takes that back: it did not come to be.
  void remove_worker(worker_id which);

  /// Takes out all jobs that were not begun, and returns them as such.
  [[nodiscard]] std::vector<ending> take_waiting();

  /// Cancels and ends the jobs that run and whose time is over, and returns
  /// them: they are stuck, and their workers do not count until they return.
  [[nodiscard]] std::vector<overdue> expire_running(timespan now);

  /// Cancels all jobs that run.
  void cancel_running();

  /// Ends the jobs that wait and whose time is over.
  void expire_waiting(timespan now);

  /// Returns when the next time is over, if there is any job.
  [[nodiscard]] std::optional<timespan> next_expiry(timespan now) const;

  /// Returns what has ended since the last call.
  [[nodiscard]] block_deque<ending> take_ended();

  /// Returns the workers of which there are too many since the last call: they
  /// were stuck, and others have taken their place.
  [[nodiscard]] std::vector<worker_id> take_surplus();

  /// Tells whether anything waits, or runs and is not stuck.
  [[nodiscard]] bool is_busy() const;

  /// Number of jobs that run, stuck ones included.
  [[nodiscard]] size_t open() const;

  [[nodiscard]] size_t stuck() const;

  // -- for the workers --------------------------------------------------------

  /// Returns the next job, with the time that it has as `request.timeout`. If
  /// there is none, the worker is to sleep until it is woken.
  [[nodiscard]] std::optional<job> next(worker_id who, timespan now);

  /// Gives the job of a worker the time to commit what it did, if it has not
  /// ended without that.
  [[nodiscard]] bool may_commit(worker_id who, timespan now, timespan patience);

  /// Ends the job of a worker.
  void finish(worker_id who, function_result&& result, timespan now);

  /// Tells whether there is something to take that the owner was not told of.
  [[nodiscard]] bool has_news();

private:
  struct worker {
    bool asleep = false;
    bool stuck = false;
    /// The ticket of its job, or 0.
    uint64_t ticket = 0;
    lease which = {};
    std::string handler_key;
    inbox::cancellation cancellation;
    timespan since{};
    timespan until{};
  };

  /// How many workers there are that are not stuck, of a kind.
  template <class Predicate>
  [[nodiscard]] size_t count(Predicate is_meant) const;

  /// Tells whether there are more jobs than workers that are about to look.
  [[nodiscard]] bool has_job_for_another() const;

  mutable std::mutex mutex_;
  size_t concurrency_;
  job_queue waiting_;
  std::map<worker_id, worker> workers_;
  size_t stuck_ = 0;
  block_deque<ending> ended_;
  std::vector<worker_id> surplus_;
  worker_id last_worker_ = 0;
  /// Whether there is something new for the owner, and whether it was told.
  bool news_ = false;
  bool told_ = false;
};

} // namespace inbox
