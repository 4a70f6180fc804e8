#include "open_wake_channel.hpp"

#include "connect.hpp"
#include "owner_lock.hpp"
#include "session.hpp"
#include "wake_text.hpp"

#include "../../messages/error.hpp"

#include <poll.h>

#include <array>
#include <chrono>
#include <utility>

namespace inbox::postgres {

namespace {

constexpr auto listen_text = R"(listen "{p}_wake")";

constexpr auto take_lock_text = "select pg_try_advisory_lock($1)";

constexpr auto session_text = "select pg_backend_pid()";

// A hint need not outlive the server.
constexpr auto hurry_text = "select set_config('synchronous_commit', 'off', "
                            "true)";

// How often a connection that nothing comes from is looked at, since what fails
// far away closes nothing; and that to a server which still has the session
// that this one follows.
constexpr timespan quiet_for = std::chrono::seconds{30};
constexpr timespan absent_for = std::chrono::milliseconds{250};
// Where the signal has no descriptor.
constexpr timespan blind_for = std::chrono::milliseconds{100};

class channel : public wake_channel {
public:
  channel(session on, const uuid& owner)
    : session_{std::move(on)},
      lock_{owner_lock(session_.prefix(), owner)} {
    // nop
  }

  caf::error begin() {
    auto process = session_.run(session_text, {}, effect::none);
    if (!process)
      return std::move(process.error());
    if (process->get<int32_t>(0, 0) != session_.conn().server_process())
      return make_error(errc::invalid, "options.store.listen_url",
                        "is needed where a pooler is between, and has to name "
                        "the server itself; or set store.listen to false");
    if (auto done = session_.run(listen_text, {}, effect::none); !done)
      return std::move(done.error());
    return take_lock();
  }

  bool present() const override {
    return present_;
  }

  caf::expected<std::vector<wake_up>> wait(wake_signal& of_this) override {
    for (;;) {
      auto heard = session_.conn().take_notifications();
      if (!heard)
        return std::move(heard.error());
      auto ends = of_this.ended();
      if (auto what = of_this.take()) {
        if (auto err = tell(*what))
          return err;
        if (heard->empty() && !ends)
          continue; // what came meanwhile is not to be read from the socket
      }
      if (!heard->empty() || ends)
        return read(*heard);
      if (wait_for_either(of_this.descriptor()))
        continue;
      auto before = present_;
      if (auto err = take_lock())
        return err;
      if (present_ != before)
        return std::vector<wake_up>{};
    }
  }

private:
  /// Also tells whether the connection is alive.
  caf::error take_lock() {
    if (present_) {
      auto alive = session_.run(session_text, {}, effect::none);
      return alive ? caf::error{} : std::move(alive.error());
    }
    auto taken = session_.ask(take_lock_text, params::of(lock_),
                              session_.start());
    if (!taken)
      return std::move(taken.error());
    present_ = *taken;
    return {};
  }

  caf::error tell(const wake_up& what) {
    std::vector<step> steps;
    steps.push_back({&session_.sql(hurry_text), {}});
    steps.push_back(
      {&session_.sql(notify_text), params::of(write_wake_up(what))});
    auto done = session_.run(std::move(steps), effect::none, session_.start());
    // Others find by themselves what they are not told; but this one is to
    // stay.
    return session_.conn().lost() ? std::move(done.error()) : caf::error{};
  }

  /// Returns false if it is time to look at the connection.
  bool wait_for_either(int signal) {
    auto socket = session_.conn().socket();
    std::array<pollfd, 2> entries{pollfd{socket, POLLIN, 0},
                                  pollfd{signal, POLLIN, 0}};
    auto span
      = std::chrono::ceil<std::chrono::milliseconds>(!present_    ? absent_for
                                                     : signal < 0 ? blind_for
                                                                  : quiet_for);
    return ::poll(entries.data(), entries.size(),
                  static_cast<int>(span.count()))
           != 0;
  }

  static std::vector<wake_up> read(const std::vector<std::string>& texts) {
    std::vector<wake_up> result;
    for (auto& text : texts)
      result.push_back(read_wake_up(text));
    return result;
  }

  session session_;
  int64_t lock_;
  bool present_ = false;
};

} // namespace

caf::expected<wake_channel_ptr> open_wake_channel(const store_options& options,
                                                  const uuid& owner) {
  auto conn = connect(options);
  if (!conn)
    return std::move(conn.error());
  auto result = std::make_unique<channel>(session{std::move(*conn), options},
                                          owner);
  if (auto err = result->begin())
    return err;
  return wake_channel_ptr{std::move(result)};
}

} // namespace inbox::postgres
