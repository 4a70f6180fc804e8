#include "client.hpp"

#include "caf_compat.hpp"

#include <caf/scoped_actor.hpp>
#include <caf/sec.hpp>

#include <algorithm>
#include <utility>

namespace inbox {

namespace {

/// Tells CAF's errors of a request by what the caller can do about them.
caf::error classed(caf::error err) {
  if (err == caf::sec::request_timeout)
    return make_error(errc::timeout, "inbox", "did not answer in time");
  if (err == caf::sec::request_receiver_down || err == caf::sec::broken_promise)
    return make_error(errc::stopped, "inbox", "has ended");
  return err;
}

/// Makes a time of which CAF can add no more to the clock one without end.
timespan bounded(timespan x) {
  constexpr timespan longest = std::chrono::hours{24 * 365 * 100};
  return x > longest ? timespan{caf::infinite} : std::max(x, timespan{0});
}

} // namespace

client::client(caf::actor_system& sys, inbox_actor inbox, const options& config)
  : sys_{&sys},
    inbox_{std::move(inbox)},
    timeout_{bounded(config.request_timeout)},
    drain_timeout_{std::max(longest_drain(config), timeout_)} {
  // nop
}

client::client(caf::actor_system& sys, inbox_actor inbox, timespan timeout)
  : sys_{&sys},
    inbox_{std::move(inbox)},
    timeout_{bounded(timeout)},
    drain_timeout_{timeout_} {
  // nop
}

template <class Reply, class Message>
caf::expected<Reply> client::ask(Message msg, timespan timeout) const {
  caf::scoped_actor self{*sys_};
  caf::expected<Reply> result{caf::error{}};
  request(self, inbox_, timeout, std::move(msg))
    .receive([&result](Reply& x) { result = std::move(x); },
             [&result](caf::error& err) { result = classed(std::move(err)); });
  return result;
}

caf::expected<std::vector<receipt>>
client::write(std::vector<event> events) const {
  auto reply = ask<written_events>(write_events{std::move(events)});
  if (!reply)
    return std::move(reply.error());
  return std::move(reply->receipts);
}

caf::expected<receipt> client::write(event x) const {
  std::vector<event> one;
  one.push_back(std::move(x));
  auto receipts = write(std::move(one));
  if (!receipts)
    return std::move(receipts.error());
  return receipts->front();
}

void client::announce(std::vector<std::string> event_types) const {
  caf::scoped_actor self{*sys_};
  send(self, inbox_, announce_events{std::move(event_types)});
}

caf::expected<bool> client::on(const register_handler& x) const {
  auto reply = ask<registered_handler>(x);
  if (!reply)
    return std::move(reply.error());
  return reply->added;
}

caf::expected<bool> client::off(const unregister_handler& x) const {
  auto reply = ask<unregistered_handler>(x);
  if (!reply)
    return std::move(reply.error());
  return reply->removed;
}

caf::expected<inbox_stats> client::stats() const {
  return ask<inbox_stats>(get_stats{});
}

caf::expected<store_summary> client::summary() const {
  return ask<store_summary>(get_summary{});
}

caf::expected<event_record> client::find(const uuid& id) const {
  return ask<event_record>(find_event{id});
}

caf::expected<trace> client::follow(const uuid& id, uint32_t limit) const {
  return ask<trace>(find_trace{id, limit});
}

caf::expected<drain_report> client::drain() const {
  return ask<drain_report>(drain_inbox{}, drain_timeout_);
}

} // namespace inbox
