#include "params.hpp"

namespace inbox::postgres {

std::vector<const char*> params::data() const {
  std::vector<const char*> result;
  for (auto& value : values_)
    result.push_back(value.data());
  return result;
}

std::vector<int> params::lengths() const {
  std::vector<int> result;
  for (auto& value : values_)
    result.push_back(static_cast<int>(value.size()));
  return result;
}

std::vector<int> params::formats() const {
  return std::vector<int>(values_.size(), 1);
}

void params::add(type_oid type, std::string value) {
  types_.push_back(type);
  values_.push_back(std::move(value));
}

} // namespace inbox::postgres
