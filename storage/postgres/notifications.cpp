#include "connection.hpp"

#include <memory>

namespace inbox::postgres {

namespace {

struct notification_deleter {
  void operator()(PGnotify* x) const noexcept {
    PQfreemem(x);
  }
};

} // namespace

caf::expected<std::vector<std::string>> connection::take_notifications() {
  if (auto err = read())
    return err;
  std::vector<std::string> result;
  using pointer = std::unique_ptr<PGnotify, notification_deleter>;
  while (auto x = pointer{PQnotifies(conn_.get())})
    if (x->be_pid != server_process()) // not what it told itself
      result.emplace_back(x->extra);
  return result;
}

int connection::socket() const noexcept {
  return PQsocket(conn_.get());
}

int connection::server_process() const noexcept {
  return PQbackendPID(conn_.get());
}

} // namespace inbox::postgres
