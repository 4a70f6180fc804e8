#pragma once

#include "../../actors/log.hpp"

#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace inbox::test {

/// Keeps what is logged, without time and level, instead of printing it.
class log_lines {
public:
  [[nodiscard]] const std::vector<std::string>& lines() const {
    return sink_->lines;
  }

  /// Tells whether a line begins like this.
  [[nodiscard]] bool has(const std::string& begin) const {
    return count(begin) > 0;
  }

  /// Returns how many lines begin like this.
  [[nodiscard]] size_t count(const std::string& begin) const {
    auto is_one = [&](const std::string& line) {
      return line.compare(0, begin.size(), begin) == 0;
    };
    return static_cast<size_t>(
      std::count_if(lines().begin(), lines().end(), is_one));
  }

private:
  struct keeping_sink : spdlog::sinks::base_sink<std::mutex> {
    std::vector<std::string> lines;

    void sink_it_(const spdlog::details::log_msg& msg) override {
      lines.emplace_back(msg.payload.data(), msg.payload.size());
    }

    void flush_() override {
      // nop
    }
  };

  std::shared_ptr<keeping_sink> sink_ = std::make_shared<keeping_sink>();

public:
  logger_ptr logger = std::make_shared<spdlog::logger>("test", sink_);
};

} // namespace inbox::test
