#include "wake_signal.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <utility>

namespace inbox {

wake_signal::wake_signal() {
  int ends[2];
  if (::pipe(ends) != 0)
    return;
  for (auto end : ends) {
    ::fcntl(end, F_SETFL, ::fcntl(end, F_GETFL) | O_NONBLOCK);
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
  }
  reader_ = ends[0];
  writer_ = ends[1];
}

wake_signal::~wake_signal() {
  if (reader_ < 0)
    return;
  ::close(reader_);
  ::close(writer_);
}

void wake_signal::ring(const wake_up& what) {
  std::lock_guard guard{mutex_};
  if (what_)
    merge(*what_, what);
  else
    what_ = what;
  notify();
}

void wake_signal::end() {
  std::lock_guard guard{mutex_};
  ended_ = true;
  notify();
}

bool wake_signal::ended() const {
  std::lock_guard guard{mutex_};
  return ended_;
}

std::optional<wake_up> wake_signal::take() {
  std::lock_guard guard{mutex_};
  char bytes[64];
  // What ends stays to be read.
  while (!ended_ && reader_ >= 0 && ::read(reader_, bytes, sizeof bytes) > 0) {
    // nop
  }
  return std::exchange(what_, std::nullopt);
}

void wake_signal::notify() {
  // A pipe that is full can be read as well.
  if (writer_ >= 0)
    static_cast<void>(::write(writer_, "", 1) == 1);
}

} // namespace inbox
