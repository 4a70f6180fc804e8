#pragma once

#include <filesystem>

/// A folder that nobody else uses, made for one run and removed with it.
class temporary_folder {
public:
  temporary_folder() = default;

  temporary_folder(const temporary_folder&) = delete;
  temporary_folder& operator=(const temporary_folder&) = delete;

  ~temporary_folder();

  /// Makes it, under a new name where the system keeps temporary files. Returns
  /// why that cannot be done, or no error.
  std::error_code make();

  const std::filesystem::path& path() const {
    return path_;
  }

private:
  std::filesystem::path path_;
};
