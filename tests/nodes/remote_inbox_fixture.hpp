#pragma once

#include "nodes_fixture.hpp"

#include "../../nodes/remote_inbox.hpp"

#include <set>
#include <string>
#include <utility>
#include <vector>

namespace inbox::test {

using namespace std::chrono_literals;

/// What stands for the inbox of another node, between doubles of CAF's
/// middleman and of that inbox.
class remote_inbox_fixture : public nodes_fixture {
public:
  remote_inbox_fixture() {
    config.request_timeout = 10s;
    config.reconnect = {100ms, 100ms, 1};
    config.register_interval = 5s;
    config.max_open_requests = 3;
    config.max_open_bytes = 1000;
  }

  /// Starts the actor; the other node is there if it was published before.
  void run() {
    middleman = sys.spawn([this] {
      return caf::behavior{
        [this](caf::connect_atom, const std::string& host, uint16_t port)
          -> caf::result<caf::node_id, caf::strong_actor_ptr,
                         std::set<std::string>> {
          CAF_CHECK_EQUAL(host, "storage");
          CAF_CHECK_EQUAL(port, 4242);
          ++tries;
          if (!node.actor)
            return caf::sec::cannot_connect_to_node;
          return {node.actor.node(),
                  caf::actor_cast<caf::strong_actor_ptr>(node.actor),
                  other_version ? std::set<std::string>{"another"}
                                : sys.message_types(
                                  caf::actor_cast<gate_actor>(node.actor))};
        },
      };
    });
    remote = start<remote_inbox_impl>(
      endpoint{"storage", 4242, true}, config,
      caf::actor_cast<caf::io::middleman_actor>(middleman), uint64_t{1});
  }

  void publish() {
    node = play_inbox();
  }

  /// What CAF does when the link is lost, as far as this actor sees it.
  void lose() {
    auto gone = std::exchange(node, {});
    stop(gone.actor);
  }

  ~remote_inbox_fixture() {
    stop(remote, middleman);
  }

  pending<written_events> write(uint32_t n, size_t size = 10) {
    std::vector<event> events;
    events.push_back(nth_event(n));
    events.back().payload = payload{std::string(size, 'x')};
    return begin<written_events>(remote, write_events{std::move(events)});
  }

  bool joins(const scripted_handler& who) {
    auto reply = begin<registered_handler>(remote, for_mail(who.actor, true));
    return *reply && **reply && (**reply)->added;
  }

  template <class Reply>
  static errc code(const pending<Reply>& x) {
    return *x && !**x ? code_of((*x)->error()) : errc{};
  }

  template <class Reply>
  static bool is_answered(const pending<Reply>& x) {
    return *x && **x;
  }

  remote_options config;
  scripted_inbox node;
  bool other_version = false;
  int tries = 0;
  caf::actor middleman;
  remote_inbox_actor remote;
};

} // namespace inbox::test
