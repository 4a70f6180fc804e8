#include "open_questions.hpp"

#include <utility>

namespace inbox {

namespace {

/// Sends it and lets go of what is needed for that, unless that was done.
void send_once(question& x) {
  if (auto send = std::exchange(x.send, nullptr))
    send();
}

caf::error loss(const question& x) {
  return make_error(x.when_lost, "connection", "to the inbox was lost");
}

} // namespace

uint64_t open_questions::add(question x) {
  bytes_ += x.bytes;
  open_.emplace(++count_, std::move(x));
  return count_;
}

void open_questions::send(uint64_t which) {
  if (auto i = open_.find(which); i != open_.end())
    send_once(i->second);
}

void open_questions::send_all() {
  for (auto& entry : open_)
    send_once(entry.second);
}

bool open_questions::end(uint64_t which) {
  auto i = open_.find(which);
  if (i == open_.end())
    return false;
  bytes_ -= i->second.bytes;
  open_.erase(i);
  return true;
}

void open_questions::lose(uint64_t which) {
  if (auto i = open_.find(which); i != open_.end())
    fail(i, loss(i->second));
}

void open_questions::lose_all() {
  for (auto i = open_.begin(); i != open_.end();)
    i = fail(i, loss(i->second));
}

void open_questions::refuse_unsent(const caf::error& why) {
  for (auto i = open_.begin(); i != open_.end();)
    i = i->second.send ? fail(i, why) : std::next(i);
}

void open_questions::end_old(timespan now) {
  // All that have a time have the same, so the first ones are the oldest.
  for (auto i = open_.begin(); i != open_.end();)
    if (!i->second.until)
      ++i;
    else if (*i->second.until > now)
      return;
    else
      i = fail(
        i, i->second.send
             ? make_error(errc::connection_lost, "inbox", "is out of reach")
             : make_error(errc::timeout, "inbox", "did not answer in time"));
}

std::optional<timespan> open_questions::next_end() const {
  for (auto& entry : open_)
    if (entry.second.until)
      return entry.second.until;
  return std::nullopt;
}

open_questions::iterator open_questions::fail(iterator which, caf::error why) {
  auto ended = std::move(which->second);
  bytes_ -= ended.bytes;
  auto next = open_.erase(which);
  ended.fail(std::move(why));
  return next;
}

} // namespace inbox
