#pragma once

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <cstring>
#include <stdexcept>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

/// Stands between a store and the server that the environment names, and
/// misbehaves as a network does.
class tcp_proxy {
public:
  enum mode {
    /// Passes everything on.
    pass,
    /// Passes on what the store sends, and swallows what the server answers.
    swallow_answers,
    /// Reads nothing any more, from either side.
    freeze,
    /// Passes on what the store sends, and hangs up when the server answers.
    hang_up_on_answer,
    /// Hangs up when the store commits by a statement of its own, once: the
    /// server does not get to know.
    lose_commit,
    /// Likewise, when the server answers that.
    lose_answer_to_commit,
  };

  /// Listens on 127.0.0.`host`, at any port or at that of another proxy. Loses
  /// commits of those only that have sent `mark` before.
  explicit tcp_proxy(mode first = pass, uint8_t host = 1, int port = 0,
                     std::string mark = "")
    : mode_(first),
      mark_(std::move(mark)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in addr{};
    addr.sin_family = AF_INET;
    addr.sin_addr.s_addr = htonl((INADDR_LOOPBACK & ~0xFFu) | host);
    addr.sin_port = htons(static_cast<uint16_t>(port));
    socklen_t size = sizeof(addr);
    auto* generic = reinterpret_cast<sockaddr*>(&addr);
    if (::bind(listener_, generic, size) != 0 || ::listen(listener_, 8) != 0
        || ::getsockname(listener_, generic, &size) != 0)
      throw std::runtime_error("cannot listen");
    port_ = ntohs(addr.sin_port);
    thread_ = std::thread{[this] { run(); }};
  }

  tcp_proxy(const tcp_proxy&) = delete;
  tcp_proxy& operator=(const tcp_proxy&) = delete;

  ~tcp_proxy() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }

  void set(mode x) {
    mode_ = x;
  }

  int port() const {
    return port_;
  }

  std::string url() const {
    return "postgresql://127.0.0.1:" + std::to_string(port_) + "/";
  }

private:
  struct pair {
    int store;
    int server;
    /// Whether it has sent the mark.
    bool marked = false;
    /// Whether the last thing that it sent then was a commit.
    bool commits = false;
  };

  void run() {
    std::vector<pair> pairs;
    while (!stop_) {
      if (mode_ == freeze) {
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
        continue;
      }
      std::vector<pollfd> fds{{listener_, POLLIN, 0}};
      for (auto& x : pairs) {
        fds.push_back({x.store, POLLIN, 0});
        fds.push_back({x.server, POLLIN, 0});
      }
      if (::poll(fds.data(), fds.size(), 5) <= 0 || mode_ == freeze)
        continue;
      for (size_t i = pairs.size(); i > 0; --i) {
        auto& x = pairs[i - 1];
        auto ok = (fds[2 * i - 1].revents == 0 || ask(x))
                  && (fds[2 * i].revents == 0 || answer(x));
        if (!ok)
          drop(pairs, i - 1);
      }
      if (fds[0].revents != 0)
        pairs.push_back({::accept(listener_, nullptr, nullptr), connect()});
    }
    while (!pairs.empty())
      drop(pairs, pairs.size() - 1);
  }

  bool ask(pair& x) {
    auto ok = forward(x.store, x.server, [&](std::string_view part) {
      x.marked = x.marked || part.find(mark_) != part.npos;
      x.commits = x.marked
                  && part.find(std::string_view{"commit\0", 7}) != part.npos;
      return !x.commits || mode_ != lose_commit;
    });
    if (!ok && mode_ == lose_commit && x.commits)
      mode_ = pass;
    return ok;
  }

  bool answer(const pair& x) {
    if (mode_ == hang_up_on_answer)
      return false;
    if (mode_ == lose_answer_to_commit && x.commits) {
      mode_ = pass;
      return false;
    }
    return forward(x.server, mode_ == swallow_answers ? -1 : x.store,
                   [](auto) { return true; });
  }

  /// Passes on what has come if `may_pass` says so.
  template <class Predicate>
  static bool forward(int from, int to, Predicate may_pass) {
    char buf[65536];
    auto n = ::recv(from, buf, sizeof(buf), 0);
    if (n <= 0 || !may_pass(std::string_view{buf, static_cast<size_t>(n)}))
      return false;
    for (ssize_t i = 0; to >= 0 && i < n;) {
      auto sent = ::send(to, buf + i, static_cast<size_t>(n - i), MSG_NOSIGNAL);
      if (sent <= 0)
        return false;
      i += sent;
    }
    return true;
  }

  static void drop(std::vector<pair>& pairs, size_t i) {
    ::close(pairs[i].store);
    ::close(pairs[i].server);
    pairs.erase(pairs.begin() + static_cast<ptrdiff_t>(i));
  }

  static std::string env(const char* name, const char* otherwise) {
    const char* value = std::getenv(name);
    return value != nullptr ? value : otherwise;
  }

  static int connect() {
    auto host = env("PGHOST", "localhost");
    auto port = env("PGPORT", "5432");
    if (host.front() == '/') {
      sockaddr_un addr{};
      addr.sun_family = AF_UNIX;
      auto path = host + "/.s.PGSQL." + port;
      path.copy(addr.sun_path, sizeof(addr.sun_path) - 1);
      auto result = ::socket(AF_UNIX, SOCK_STREAM, 0);
      ::connect(result, reinterpret_cast<sockaddr*>(&addr), sizeof(addr));
      return result;
    }
    addrinfo hints{};
    hints.ai_socktype = SOCK_STREAM;
    addrinfo* list = nullptr;
    if (::getaddrinfo(host.c_str(), port.c_str(), &hints, &list) != 0)
      return -1;
    auto result = -1;
    for (auto* x = list; x != nullptr; x = x->ai_next) {
      result = ::socket(x->ai_family, x->ai_socktype, 0);
      if (::connect(result, x->ai_addr, x->ai_addrlen) == 0)
        break;
      ::close(result);
      result = -1;
    }
    ::freeaddrinfo(list);
    return result;
  }

  std::atomic<mode> mode_;
  const std::string mark_;
  std::atomic<bool> stop_{false};
  int listener_ = -1;
  int port_ = 0;
  std::thread thread_;
};
