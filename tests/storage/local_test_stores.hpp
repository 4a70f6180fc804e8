#pragma once

#include "../support/sqlite_client.hpp"
#include "test_store.hpp"

#include <boost/uuid/random_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

#include <cstdlib>
#include <filesystem>

class memory_test_store : public test_store {
public:
  memory_test_store() {
    options_.url = "memory:" + to_string(boost::uuids::random_generator{}());
    held_ = inbox::hold_store(options_);
  }

  const char* kind() const override {
    return "memory";
  }

  caf::expected<inbox::store_ptr>
  try_open(const inbox::store_options& options) override {
    return inbox::open_store(options, clock_.source());
  }

  void advance(std::chrono::microseconds interval) override {
    clock_.advance(interval);
  }

  inbox::timestamp now() override {
    return clock_.now();
  }

  void execute(const std::string&) override {
    throw std::logic_error("the memory store has no SQL");
  }

  bool is_durable() const override {
    return false;
  }

private:
  manual_clock clock_;
  std::shared_ptr<void> held_;
};

/// A folder that is removed at the end.
class temporary_folder {
public:
  explicit temporary_folder(const std::filesystem::path& parent
                            = std::filesystem::temp_directory_path())
    : path_(
      parent
      / ("caf-inbox-test-" + to_string(boost::uuids::random_generator{}()))) {
    std::filesystem::create_directories(path_);
  }

  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  ~temporary_folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }

  /// Returns a parent for folders where a commit need not wait for a disk.
  static std::filesystem::path fast_parent() {
    std::filesystem::path result{"/dev/shm"};
    return std::filesystem::is_directory(result)
             ? result
             : std::filesystem::temp_directory_path();
  }

  std::string file(const std::string& name) const {
    return (path_ / name).string();
  }

private:
  std::filesystem::path path_;
};

class sqlite_test_store : public test_store {
public:
  explicit sqlite_test_store(const std::filesystem::path& parent
                             = std::filesystem::temp_directory_path())
    : folder_(parent) {
    options_.url = "sqlite:" + folder_.file("inbox.db");
  }

  const char* kind() const override {
    return "sqlite";
  }

  caf::expected<inbox::store_ptr>
  try_open(const inbox::store_options& options) override {
    return inbox::open_store(options, clock_.source());
  }

  void advance(std::chrono::microseconds interval) override {
    clock_.advance(interval);
  }

  inbox::timestamp now() override {
    return clock_.now();
  }

  void execute(const std::string& sql) override {
    client().run(with_prefix(sql));
  }

  /// Returns a connection of an application that uses the same database.
  sqlite_client client() const {
    return sqlite_client{file()};
  }

  std::string file() const {
    return folder_.file("inbox.db");
  }

private:
  manual_clock clock_;
  temporary_folder folder_;
};
