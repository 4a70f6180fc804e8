#pragma once

#include "wire.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace inbox::postgres {

/// One column of a batch: a one-dimensional array in PostgreSQL's binary form,
/// so that a statement has the same parameters however many rows it is for.
template <class T>
class column {
public:
  column() {
    put_integer(out_, int32_t{1}); // dimensions
    put_integer(out_, int32_t{0}); // whether there are nulls
    put_integer(out_, oid_of<T>::value);
    put_integer(out_, int32_t{0}); // number of elements
    put_integer(out_, int32_t{1}); // index of the first one
  }

  void push(const T& x) {
    put_integer(out_, int32_t{0});
    auto begin = out_.size();
    put(out_, x);
    set(begin - 4, static_cast<int32_t>(out_.size() - begin));
    ++size_;
  }

  void push_null() {
    put_integer(out_, int32_t{-1});
    set(4, 1);
    ++size_;
  }

  template <class U>
  void push(const std::optional<U>& x) {
    if (x)
      push(T{*x});
    else
      push_null();
  }

  /// Returns the array and leaves nothing behind.
  [[nodiscard]] std::string finish() {
    set(12, size_);
    return std::move(out_);
  }

private:
  void set(size_t offset, int32_t x) {
    set_integer(out_.data() + offset, x);
  }

  std::string out_;
  int32_t size_ = 0;
};

/// The parameters of one statement, all of them in binary form.
class params {
public:
  /// Makes one parameter per argument: values, or columns, which are used up.
  template <class... Ts>
  [[nodiscard]] static params of(Ts&&... xs) {
    params result;
    (result.add(std::forward<Ts>(xs)), ...);
    return result;
  }

  template <class T>
  void add(const T& x) {
    std::string value;
    put(value, x);
    add(oid_of<T>::value, std::move(value));
  }

  template <class T>
  void add(column<T>&& x) {
    add(oid_of<T>::array, x.finish());
  }

  /// Adds a null of the type that the statement needs there.
  void add_null();

  /// Adds an array as a statement answered it.
  template <class T>
  void add_array(std::string_view x) {
    add(oid_of<T>::array, std::string{x});
  }

  [[nodiscard]] int size() const noexcept {
    return static_cast<int>(values_.size());
  }

  /// The parts that libpq wants as arrays of their own.
  [[nodiscard]] const std::vector<type_oid>& types() const noexcept {
    return types_;
  }

  [[nodiscard]] std::vector<const char*> data() const;
  [[nodiscard]] std::vector<int> lengths() const;
  [[nodiscard]] std::vector<int> formats() const;

private:
  void add(type_oid type, std::string value);

  std::vector<type_oid> types_;
  std::vector<std::optional<std::string>> values_;
};

} // namespace inbox::postgres
