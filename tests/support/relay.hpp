#pragma once

#include <atomic>
#include <cstdint>
#include <string>
#include <thread>
#include <utility>
#include <vector>

/// Tells whether nobody has a port of this machine.
[[nodiscard]] bool is_free(uint16_t port);

/// Stands between an inbox and its PostgreSQL server, or another node, as a
/// network does: can be out of reach, cut connections, and swallow what is
/// sent.
class relay {
public:
  enum class mode {
    /// Connections are refused, open ones are cut.
    refuse,
    /// Bytes go through.
    pass,
    /// Connections stay open, but nothing goes through any more.
    swallow,
  };

  /// Forwards to the server that the environment names, from `refuse` on.
  relay();

  /// Likewise to a port of this machine.
  explicit relay(uint16_t port);

  ~relay();

  relay(const relay&) = delete;
  relay& operator=(const relay&) = delete;

  [[nodiscard]] uint16_t port() const noexcept {
    return port_;
  }

  /// Returns `url`, which must not name a host, with this relay as the host.
  [[nodiscard]] std::string url(const std::string& url) const;

  /// Returns once the new mode is in effect; throws std::runtime_error if it is
  /// not in half a minute.
  void set(mode x);

  /// Likewise, but does not wait for it.
  void begin(mode x) {
    wanted_ = x;
  }

private:
  relay(std::string host, std::string server_port);

  void run();
  void apply(mode x);
  void accept_one();
  void cut_all();

  std::string host_;
  std::string server_port_;
  uint16_t port_ = 0;
  int listener_ = -1;
  /// The two ends of each connection.
  std::vector<std::pair<int, int>> pairs_;
  mode now_ = mode::refuse;
  std::atomic<mode> wanted_ = mode::refuse;
  std::atomic<mode> applied_ = mode::refuse;
  std::atomic<bool> ending_ = false;
  std::thread thread_;
};
