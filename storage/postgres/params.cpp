#include "params.hpp"

namespace inbox::postgres {

std::vector<const char*> params::data() const {
  std::vector<const char*> result;
  for (auto& value : values_)
    result.push_back(value ? value->data() : nullptr);
  return result;
}

std::vector<int> params::lengths() const {
  std::vector<int> result;
  for (auto& value : values_)
    result.push_back(value ? static_cast<int>(value->size()) : 0);
  return result;
}

std::vector<int> params::formats() const {
  return std::vector<int>(values_.size(), 1);
}

void params::add_null() {
  types_.push_back(0);
  values_.emplace_back();
}

void params::add(type_oid type, std::string value) {
  types_.push_back(type);
  values_.push_back(std::move(value));
}

} // namespace inbox::postgres
