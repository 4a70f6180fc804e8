#pragma once

#include <inbox/inbox.hpp>

#include <string>

/// Reads one line of JSON, `{"id": UUID, "event_type": TEXT, "payload": ANY}`,
/// as an event. Other members are ignored; of a member that is there twice, the
/// last one counts. A payload that is a string is taken as it is, any other as
/// the very bytes of its JSON text. Fails with an error that names the field
/// that is missing or wrong, whatever the line holds.
caf::expected<inbox::event> parse_event_line(const std::string& line);
