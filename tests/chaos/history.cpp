#include "history.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace chaos {

int64_t now_micros() {
  auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::microseconds>(now).count();
}

log_file::log_file(const std::string& name)
  : file_{open(name.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0644)} {
  if (file_ < 0)
    throw std::runtime_error("cannot open " + name);
}

log_file::~log_file() {
  close(file_);
}

void log_file::acknowledged(const std::string& event_id,
                            const std::string& event_type) {
  append("acknowledged " + event_id + ' ' + event_type);
}

void log_file::began(const std::string& event_id,
                     const std::string& handler_key, uint32_t attempt) {
  append("began " + event_id + ' ' + handler_key + ' '
         + std::to_string(attempt));
}

void log_file::ended(const std::string& event_id,
                     const std::string& handler_key, uint32_t attempt,
                     bool succeeded) {
  append("ended " + event_id + ' ' + handler_key + ' ' + std::to_string(attempt)
         + (succeeded ? " done" : " failed"));
}

void log_file::append(const std::string& line) {
  auto text = std::to_string(now_micros()) + ' ' + line + '\n';
  if (write(file_, text.data(), text.size())
      != static_cast<ssize_t>(text.size()))
    throw std::runtime_error("cannot write to the log");
}

namespace {

void add(std::istream& words, int process, history& to) {
  int64_t at = 0;
  std::string what;
  words >> at >> what;
  if (what == "acknowledged") {
    acknowledgement x;
    words >> x.event_id >> x.event_type;
    x.at = at;
    to.acknowledged.push_back(std::move(x));
    return;
  }
  call x;
  x.process = process;
  x.began = at;
  words >> x.event_id >> x.handler_key >> x.attempt;
  if (what == "began") {
    to.calls.push_back(std::move(x));
    return;
  }
  std::string how;
  words >> how;
  auto is_same = [&x](const call& y) {
    return x.process == y.process && x.event_id == y.event_id
           && x.handler_key == y.handler_key && x.attempt == y.attempt
           && !y.ended;
  };
  auto open = std::find_if(to.calls.rbegin(), to.calls.rend(), is_same);
  if (what != "ended" || open == to.calls.rend()) {
    words.setstate(std::ios::failbit);
    return;
  }
  open->ended = at;
  open->succeeded = how == "done";
}

} // namespace

void read_log(const std::string& name, int process, history& to) {
  std::ifstream file{name};
  std::string text{std::istreambuf_iterator<char>{file}, {}};
  text.erase(text.find_last_of('\n') + 1);
  std::istringstream lines{text};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words{line};
    add(words, process, to);
    if (!words)
      throw std::runtime_error(name + " has a line of no known form: " + line);
  }
}

} // namespace chaos
