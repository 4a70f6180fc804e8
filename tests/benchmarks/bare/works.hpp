#pragma once

#include "../ours/setting.hpp"

namespace bench {

nlohmann::json process_postgres(const setting& how);
nlohmann::json write_postgres(const setting& how);

nlohmann::json process_sqlite(const setting& how);
nlohmann::json write_sqlite(const setting& how);

} // namespace bench
