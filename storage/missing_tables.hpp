#pragma once

namespace inbox {

/// What to do about a store whose file or tables are not there.
enum class missing_tables {
  /// Make them: it is a new one.
  make,
  /// Fail: they were there before, so this is not the store that was meant, or
  /// not all of it. A new one in its place would hide that, and get in the way
  /// of whoever puts the old one back.
  refuse,
};

} // namespace inbox
