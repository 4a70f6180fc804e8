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

  /// Shares bytes that belong to `owner`, which lives as long as any copy of
  /// this payload. They must not change any more.
  payload(const std::shared_ptr<const void>& owner, std::string_view bytes);

  /// Returns the bytes; valid as long as any copy of this payload lives.
  [[nodiscard]] std::string_view view() const noexcept {
    return {first_.get(), size_};
  }

  [[nodiscard]] const std::byte* data() const noexcept {
    return reinterpret_cast<const std::byte*>(view().data());
  }

  [[nodiscard]] size_t size() const noexcept {
    return size_;
  }

  [[nodiscard]] bool empty() const noexcept {
    return size() == 0;
  }

  friend bool operator==(const payload& x, const payload& y) noexcept {
    return x.view() == y.view();
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
  /// Owns what the bytes are a part of; null if there are none.
  std::shared_ptr<const char> first_;
  size_t size_ = 0;
};

} // namespace inbox
