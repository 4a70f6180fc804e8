#include "child_process.hpp"
#include "far_app.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>

// What others may send to the port of a published inbox.

using namespace flow;

namespace {

/// A connection to the port that does not speak CAF's protocol.
class raw_connection {
public:
  explicit raw_connection(uint16_t port)
    : socket_{socket(AF_INET, SOCK_STREAM, 0)} {
    sockaddr_in where{};
    where.sin_family = AF_INET;
    where.sin_port = htons(port);
    where.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    auto* address = static_cast<void*>(&where);
    CAF_REQUIRE_EQUAL(
      connect(socket_, static_cast<sockaddr*>(address), sizeof(where)), 0);
  }

  ~raw_connection() {
    ::close(socket_);
  }

  raw_connection(const raw_connection&) = delete;
  raw_connection& operator=(const raw_connection&) = delete;

  void send(const std::string& bytes) {
    // It may have closed the connection by now.
    static_cast<void>(
      ::send(socket_, bytes.data(), bytes.size(), MSG_NOSIGNAL));
  }

private:
  int socket_;
};

/// The header of a message in CAF's protocol, from one actor to another: kind,
/// flags, the length of what follows, and three numbers, in network order.
std::string header(char kind, uint32_t length) {
  std::string result(32, '\0');
  result[0] = kind;
  for (size_t i = 0; i < 4; ++i)
    result[4 + i] = static_cast<char>(length >> (24 - 8 * i));
  result[23] = 7; // who sends
  result[31] = 8; // who gets it
  return result;
}

} // namespace

CAF_TEST(what is not of the protocol ends its own connection only) {
  on_each_store([](store_place& place) {
    app shop{quick_options(place), {}, &inbox::load_network};
    auto published = publish(shop);
    far_app far{published.where};
    record<inbox::uuid> got;
    auto handler = far.spawn_noting_handler(got);
    CAF_CHECK(value(far->on({"order", "mail", handler})));
    constexpr uint32_t big = 256 * 1024 * 1024;
    std::vector<std::unique_ptr<raw_connection>> open;
    for (auto& bytes :
         {std::string{"GET / HTTP/1.1\r\n\r\n"}, std::string(10000, '\xFF'),
          std::string(10000, '\0'), header(2, 1) + "x", header(2, 100) + "x",
          header(2, big) + "x", header(99, big)}) {
      open.push_back(std::make_unique<raw_connection>(published.where.port));
      open.back()->send(bytes);
    }
    value(far->write(make(1)));
    CAF_CHECK(got.wait_for(1));
    open.clear();
    value(far->write(make(2)));
    CAF_CHECK(got.wait_for(2));
  });
}

CAF_TEST(a message of an unknown type does not end the inbox) {
  on_each_store([](store_place& place) {
    app shop{quick_options(place), {}, &inbox::load_network};
    auto published = publish(shop);
    far_app far{published.where};
    value(far->write(make(1)));
    child_process stranger{"send_unknown",
                           place,
                           {std::to_string(published.where.port)}};
    auto end = stranger.read_line();
    CAF_MESSAGE("the stranger: " << end);
    CAF_CHECK_EQUAL(stranger.wait(), 0);
    value(far->write(make(2)));
    CAF_CHECK(value(shop->find(nth(2))).event);
  });
}
