#pragma once

#include "inbox_fixture.hpp"

namespace inbox::test {

/// An inbox, and an actor to handle events for it under the key "mail".
class mail_fixture : public inbox_fixture {
public:
  handler_script mail;
  handler_actor mail_actor = play<handler_actor>(mail);
};

} // namespace inbox::test
