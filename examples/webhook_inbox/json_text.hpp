#pragma once

#include <string_view>

/// Returns the text of the value of a member, of the last one with that name,
/// as it stands in `object`: a parser would give it back with other white
/// space, numbers in another form, and without what is there twice. `object`
/// has to be the text of a JSON object that a parser has accepted. Returns an
/// empty text if it has no such member.
std::string_view member_text(std::string_view object, std::string_view name);
