#include "lookup.hpp"

#include <netdb.h>
#include <sys/socket.h>

#include <future>
#include <memory>
#include <system_error>
#include <thread>

namespace inbox::postgres {

namespace {

struct addrinfo_deleter {
  void operator()(addrinfo* x) const noexcept {
    ::freeaddrinfo(x);
  }
};

using addrinfo_ptr = std::unique_ptr<addrinfo, addrinfo_deleter>;

addrinfo_ptr ask(const std::string& name, int flags, int& code) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags;
  addrinfo* result = nullptr;
  code = ::getaddrinfo(name.c_str(), nullptr, &hints, &result);
  return addrinfo_ptr{code == 0 ? result : nullptr};
}

} // namespace

found_addresses resolve(const std::string& name) {
  found_addresses result;
  auto code = 0;
  auto list = ask(name, 0, code);
  for (auto* x = list.get(); x != nullptr; x = x->ai_next) {
    char text[NI_MAXHOST];
    if (::getnameinfo(x->ai_addr, x->ai_addrlen, text, sizeof(text), nullptr, 0,
                      NI_NUMERICHOST)
        == 0)
      result.addresses.emplace_back(text);
  }
  if (result.addresses.empty())
    result.error = code != 0 ? ::gai_strerror(code) : "it has no address";
  return result;
}

bool is_resolved(const std::string& name) {
  if (name.empty() || name.front() == '/' || name.front() == '@')
    return true;
  auto code = 0;
  return ask(name, AI_NUMERICHOST, code) != nullptr;
}

found_addresses look_up(const resolver& how, const std::string& name,
                        deadline until) {
  auto task = std::make_shared<std::packaged_task<found_addresses()>>(
    [how, name] { return how(name); });
  auto answer = task->get_future();
  try {
    std::thread{[task] { (*task)(); }}.detach();
  } catch (const std::system_error& x) {
    return {{}, x.what()}; // no more threads
  }
  if (answer.wait_until(until) != std::future_status::ready)
    return {{}, "no answer within options.store.connect_timeout"};
  return answer.get();
}

} // namespace inbox::postgres
