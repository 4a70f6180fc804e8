#include "connection.hpp"
#include "failure.hpp"

#include "../../messages/error.hpp"

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
  if (!conn_ || PQconsumeInput(conn_.get()) == 0) {
    auto text = conn_ ? first_line(PQerrorMessage(conn_.get()))
                      : std::string{"the connection was given up"};
    return end(make_error(errc::connection_lost, "store", std::move(text)));
  }
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
