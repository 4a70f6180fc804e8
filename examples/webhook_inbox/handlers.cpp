#include "handlers.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>
#include <string>

namespace {

/// Stands for work on the payload: reads it and counts its members.
size_t read_members(const inbox::delivery& x) {
  auto body = nlohmann::json::parse(x.payload(), nullptr, false);
  return body.is_object() ? body.size() : 0;
}

/// Succeeds at once.
void index_commits(const inbox::delivery& x) {
  read_members(x);
}

/// A second handler of the same event type; its service is asleep at the first
/// call, which is why retries exist.
void announce_push(const inbox::delivery& x) {
  if (x.attempt() == 1)
    throw std::runtime_error("the chat service does not answer");
  read_members(x);
}

/// Shows the explicit form of an answer.
inbox::outcome triage_issue(const inbox::delivery& x) {
  read_members(x);
  return inbox::done();
}

void request_review(const inbox::delivery& x) {
  read_members(x);
}

/// Never works: after the last attempt its deliveries are dead letters.
inbox::outcome page_on_call(const inbox::delivery&) {
  return inbox::failed("nobody is on call");
}

} // namespace

inbox::registry make_handlers() {
  inbox::registry result;
  auto ok = !result.on("push", "index_commits", index_commits)
            && !result.on("push", "announce_push", announce_push)
            && !result.on("issues", "triage_issue", triage_issue)
            && !result.on("pull_request", "request_review", request_review)
            && !result.on("deployment_status", "page_on_call", page_on_call);
  if (!ok)
    throw std::logic_error("a handler key is used twice");
  return result;
}
