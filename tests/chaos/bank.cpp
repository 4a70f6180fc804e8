#include "bank.hpp"

#include <sstream>
#include <stdexcept>

namespace chaos {

std::string to_payload(const transfer& x) {
  std::ostringstream out;
  out << x.from << ' ' << x.to << ' ' << x.amount << ' ' << x.milliseconds;
  return out.str();
}

transfer from_payload(std::string_view payload) {
  std::istringstream in{std::string{payload}};
  transfer result;
  if (!(in >> result.from >> result.to >> result.amount >> result.milliseconds)
      || in.peek() != std::istringstream::traits_type::eof())
    throw std::runtime_error("no transfer");
  return result;
}

} // namespace chaos
