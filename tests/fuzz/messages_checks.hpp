#pragma once

#include "../../messages/all.hpp"

#include <vector>

namespace inbox::fuzz {

// What holds for every value that was read without an error, by type. Types
// that no overload is about may have any value.

void check_value(errc x);
void check_value(status x);
void check_value(verdict x);
void check_value(write_result x);

void check_value(const event& x);
void check_value(const outcome& x);
void check_value(const delivery_info& x);
void check_value(const settlement& x);

void check_value(const claimed_deliveries& x);
void check_value(const dispatch_deliveries& x);
void check_value(const error_occurred& x);
void check_value(const event_record& x);
void check_value(const function_job& x);
void check_value(const handle_event& x);
void check_value(const handle_events& x);
void check_value(const handled_event& x);
void check_value(const handled_events& x);
void check_value(const settle_deliveries& x);
void check_value(const ended_attempt& x);
void check_value(const settle_attempts& x);
void check_value(const write_events& x);
void check_value(const written_events& x);

template <class T>
void check_value(const T&) {
  // nop
}

} // namespace inbox::fuzz
