#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace inbox {

/// The bytes of an event: immutable and shared, so that a fan-out to many
/// handlers copies a pointer and not the content.
class payload {
public:
  payload() = default;

  /// Takes over `bytes` as they are; any content is allowed.
  payload(std::string bytes);

  payload(std::string_view bytes) : payload(std::string{bytes}) {
    // nop
  }

  payload(const char* bytes) : payload(std::string{bytes}) {
    // nop
  }

  explicit payload(const std::vector<std::byte>& bytes);

  /// Returns the bytes; valid as long as any copy of this payload lives.
  [[nodiscard]] std::string_view view() const noexcept {
    return bytes_ ? std::string_view{*bytes_} : std::string_view{};
  }

  [[nodiscard]] const std::byte* data() const noexcept {
    return reinterpret_cast<const std::byte*>(view().data());
  }

  [[nodiscard]] size_t size() const noexcept {
    return bytes_ ? bytes_->size() : 0;
  }

  [[nodiscard]] bool empty() const noexcept {
    return size() == 0;
  }

  friend bool operator==(const payload& x, const payload& y) noexcept {
    return x.bytes_ == y.bytes_ || x.view() == y.view();
  }

  friend bool operator!=(const payload& x, const payload& y) noexcept {
    return !(x == y);
  }

  template <class Inspector>
  friend bool inspect(Inspector& f, payload& x) {
    // CAF carries a string as its length and raw bytes: no copy per byte.
    auto get = [&x] { return std::string{x.view()}; };
    auto set = [&x](std::string bytes) {
      x = payload{std::move(bytes)};
      return true;
    };
    return f.object(x).fields(f.field("bytes", get, set));
  }

private:
  std::shared_ptr<const std::string> bytes_;
};

} // namespace inbox
