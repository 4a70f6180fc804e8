#include "temporary_folder.hpp"

#include <stdlib.h> // mkdtemp

#include <cerrno>
#include <string>

temporary_folder::~temporary_folder() {
  std::error_code ignored;
  if (!path_.empty())
    std::filesystem::remove_all(path_, ignored);
}

std::error_code temporary_folder::make() {
  std::error_code err;
  auto parent = std::filesystem::temp_directory_path(err);
  if (err)
    return err;
  auto name = (parent / "webhook-inbox-XXXXXX").string();
  if (mkdtemp(name.data()) == nullptr)
    return {errno, std::generic_category()};
  path_ = name;
  return {};
}
