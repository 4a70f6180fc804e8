#include "process.hpp"

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <thread>

extern char** environ;

namespace chaos {

process::process(const std::string& program, std::vector<std::string> arguments,
                 const std::string& output_file) {
  std::vector<char*> argv;
  auto path = program;
  argv.push_back(path.data());
  for (auto& word : arguments)
    argv.push_back(word.data());
  argv.push_back(nullptr);
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0)
    throw std::runtime_error("no pipe");
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, output_file.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  auto code = posix_spawn(&pid_, path.c_str(), &actions, nullptr, argv.data(),
                          environ);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[0]);
  input_ = ends[1];
  if (code != 0) {
    pid_ = -1;
    close(input_);
    throw std::runtime_error("cannot start " + program);
  }
}

process::~process() {
  if (pid_ > 0)
    kill();
  close(input_);
}

void process::tell(const std::string& line) {
  auto text = line + "\n";
  // The caller ignores SIGPIPE; a program that ended is found by `wait`.
  static_cast<void>(!write(input_, text.data(), text.size()));
}

void process::kill() {
  ::kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

void process::stop() {
  ::kill(pid_, SIGSTOP);
}

void process::go_on() {
  ::kill(pid_, SIGCONT);
}

int process::wait(std::chrono::seconds limit) {
  auto end = std::chrono::steady_clock::now() + limit;
  for (;;) {
    int status = 0;
    if (waitpid(pid_, &status, WNOHANG) == pid_) {
      pid_ = -1;
      return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    }
    if (std::chrono::steady_clock::now() > end)
      return -1000;
    std::this_thread::sleep_for(std::chrono::milliseconds{10});
  }
}

} // namespace chaos
