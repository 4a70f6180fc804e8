#include "child_process.hpp"

#include "app.hpp"
#include "waiting.hpp"

#include <boost/uuid/uuid_io.hpp>
#include <caf/test/unit_test.hpp>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

extern char** environ;

namespace flow {

namespace {

struct two_ends {
  int read = -1;
  int write = -1;
};

two_ends make_pipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    CAF_FAIL("no pipe");
  return {ends[0], ends[1]};
}

} // namespace

child_process::child_process(const std::string& program,
                             const store_place& place,
                             const std::vector<std::string>& arguments) {
  auto path = std::string{INBOX_TEST_PROGRAMS_DIR} + "/" + program;
  std::vector<std::string> words{path, place.options().url,
                                 place.options().prefix};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> argv;
  for (auto& word : words)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  auto in = make_pipe();
  auto out = make_pipe();
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in.read, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out.write, STDOUT_FILENO);
  auto code = posix_spawn(&pid_, path.c_str(), &actions, nullptr, argv.data(),
                          environ);
  posix_spawn_file_actions_destroy(&actions);
  close(in.read);
  close(out.write);
  input_ = in.write;
  output_ = out.read;
  if (code != 0) {
    pid_ = -1;
    CAF_FAIL("cannot start " << path);
  }
}

child_process::~child_process() {
  if (pid_ > 0)
    kill();
  close(input_);
  close(output_);
}

std::string child_process::read_line() {
  auto end = std::chrono::steady_clock::now() + patience;
  for (;;) {
    if (auto i = buffer_.find('\n'); i != std::string::npos) {
      auto line = buffer_.substr(0, i);
      buffer_.erase(0, i + 1);
      return line;
    }
    auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      end - std::chrono::steady_clock::now());
    pollfd ready{output_, POLLIN, 0};
    if (left.count() <= 0
        || poll(&ready, 1, static_cast<int>(left.count())) < 1)
      CAF_FAIL("the program says nothing");
    char bytes[512];
    auto n = read(output_, bytes, sizeof(bytes));
    if (n <= 0)
      CAF_FAIL("the program has ended after: " << buffer_);
    buffer_.append(bytes, static_cast<size_t>(n));
  }
}

void child_process::write_line(const std::string& line) {
  auto text = line + "\n";
  if (::write(input_, text.data(), text.size())
      != static_cast<ssize_t>(text.size()))
    CAF_FAIL("the program does not listen");
}

void child_process::kill() {
  ::kill(pid_, SIGKILL);
  waitpid(pid_, &status_, 0);
  pid_ = -1;
}

void child_process::wait_until_stopped() {
  auto has_stopped = [this] {
    return waitpid(pid_, &status_, WUNTRACED | WNOHANG) == pid_
           && WIFSTOPPED(status_);
  };
  if (!eventually(has_stopped))
    CAF_FAIL("the program does not stop");
}

void child_process::go_on() {
  ::kill(pid_, SIGCONT);
}

bool child_process::has_ended() {
  if (pid_ > 0 && waitpid(pid_, &status_, WNOHANG) == pid_)
    pid_ = -1;
  return pid_ < 0;
}

int child_process::wait() {
  if (!eventually([this] { return has_ended(); }))
    CAF_FAIL("the program does not end");
  return WIFEXITED(status_) ? WEXITSTATUS(status_) : -WTERMSIG(status_);
}

std::string request_line(uint32_t n, const std::string& what, int attempt) {
  return "order mail " + to_string(nth(n)) + ' ' + what + ' '
         + std::to_string(attempt) + " of 3";
}

} // namespace flow
