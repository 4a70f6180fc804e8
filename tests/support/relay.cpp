#include "relay.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace {

std::string from_environment(const char* name, const char* otherwise) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : otherwise;
}

sockaddr_in local_address(uint16_t port) {
  sockaddr_in result{};
  result.sin_family = AF_INET;
  result.sin_port = htons(port);
  result.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return result;
}

/// Takes a port without listening: connections to it are refused. Returns a
/// negative number if somebody has it.
int try_to_bind(uint16_t port) {
  auto result = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  int on = 1;
  setsockopt(result, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  auto address = local_address(port);
  if (bind(result, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0)
    return result;
  close(result);
  return -1;
}

int bind_to(uint16_t port) {
  auto result = try_to_bind(port);
  if (result < 0)
    throw std::runtime_error("cannot bind to port " + std::to_string(port));
  return result;
}

int connect_to(const std::string& host, const std::string& port) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(host.c_str(), port.c_str(), &hints, &found) != 0)
    return -1;
  auto result = -1;
  for (auto* x = found; x != nullptr && result < 0; x = x->ai_next) {
    result = socket(x->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connect(result, x->ai_addr, x->ai_addrlen) != 0) {
      close(result);
      result = -1;
    }
  }
  freeaddrinfo(found);
  return result;
}

/// Passes on what is there. Returns false at the end of the connection.
bool pump(int from, int to) {
  char bytes[16384];
  auto n = read(from, bytes, sizeof(bytes));
  for (ssize_t done = 0; done < n;) {
    auto m = send(to, bytes + done, static_cast<size_t>(n - done),
                  MSG_NOSIGNAL);
    if (m <= 0)
      return false;
    done += m;
  }
  return n > 0;
}

} // namespace

bool is_free(uint16_t port) {
  auto taken = try_to_bind(port);
  if (taken >= 0)
    close(taken);
  return taken >= 0;
}

relay::relay()
  : relay{from_environment("PGHOST", "localhost"),
          from_environment("PGPORT", "5432")} {
  // nop
}

relay::relay(uint16_t port) : relay{"127.0.0.1", std::to_string(port)} {
  // nop
}

relay::relay(std::string host, std::string server_port)
  : host_{std::move(host)},
    server_port_{std::move(server_port)},
    listener_{bind_to(0)} {
  sockaddr_in address{};
  socklen_t size = sizeof(address);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread{[this] { run(); }};
}

relay::~relay() {
  ending_ = true;
  thread_.join();
  cut_all();
  close(listener_);
}

std::string relay::url(const std::string& url) const {
  auto result = url;
  return result.replace(0, result.find("//") + 2,
                        "postgresql://127.0.0.1:" + std::to_string(port_)
                          + "/");
}

void relay::set(mode x) {
  using clock = std::chrono::steady_clock;
  begin(x);
  auto end = clock::now() + std::chrono::seconds{30};
  while (applied_ != x) {
    if (clock::now() > end)
      throw std::runtime_error("the relay does not move");
    std::this_thread::sleep_for(std::chrono::milliseconds{1});
  }
}

void relay::apply(mode x) {
  if (x == mode::refuse) {
    cut_all();
    close(listener_);
    listener_ = bind_to(port_);
  } else if (now_ == mode::refuse) {
    listen(listener_, 100);
  }
  now_ = x;
  applied_ = x;
}

void relay::accept_one() {
  auto client = accept(listener_, nullptr, nullptr);
  auto server = connect_to(host_, server_port_);
  if (client >= 0 && server >= 0)
    pairs_.emplace_back(client, server);
  else
    close(client), close(server);
}

void relay::cut_all() {
  for (auto& [client, server] : pairs_) {
    close(client);
    close(server);
  }
  pairs_.clear();
}

void relay::run() {
  while (!ending_) {
    if (auto x = wanted_.load(); x != now_)
      apply(x);
    std::vector<pollfd> watched;
    if (now_ == mode::pass) {
      watched.push_back({listener_, POLLIN, 0});
      for (auto& [client, server] : pairs_) {
        watched.push_back({client, POLLIN, 0});
        watched.push_back({server, POLLIN, 0});
      }
    }
    // Soon enough for a change of the mode.
    if (poll(watched.data(), watched.size(), 2) < 1)
      continue;
    auto pairs = std::exchange(pairs_, {});
    for (size_t i = 0; i < pairs.size(); ++i) {
      auto [client, server] = pairs[i];
      auto alive = (watched[2 * i + 1].revents == 0 || pump(client, server))
                   && (watched[2 * i + 2].revents == 0 || pump(server, client));
      if (alive) {
        pairs_.push_back(pairs[i]);
      } else {
        close(client);
        close(server);
      }
    }
    if (watched[0].revents != 0)
      accept_one();
  }
}
