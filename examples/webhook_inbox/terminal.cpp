#include "terminal.hpp"

#include <unistd.h>

#include <iostream>

namespace {

bool is_shown = false;

bool is_terminal() {
  static const auto result = isatty(STDERR_FILENO) == 1;
  return result;
}

} // namespace

void show_progress(const std::string& text) {
  if (!is_terminal())
    return;
  std::cerr << "\r\033[K" << text << std::flush;
  is_shown = true;
}

void end_progress() {
  if (is_shown)
    std::cerr << std::endl;
  is_shown = false;
}

void say(const std::string& line) {
  std::cerr << (is_shown ? "\r\033[K" : "") << line << std::endl;
  is_shown = false;
}
