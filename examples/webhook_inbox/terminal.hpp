#pragma once

#include <string>

/// Shows how far things are, in place of what it showed before. Does nothing
/// unless standard error is a terminal.
void show_progress(const std::string& text);

/// Ends the line that shows the progress, if there is one.
void end_progress();

/// Writes a line to standard error, in place of the progress if that is shown.
void say(const std::string& line);
