// The worked examples of the pages in docs/formats, so that tests decode what people read.
//
// An example is a fenced block whose info string is `hex NAME`: bytes in hexadecimal, blanks anywhere between
// bytes, and comments from `#` to the end of the line.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace quartet::replication {

// The bytes of example `name` of `page` ("digest.md"). Without such an example the test fails, and it is
// empty.
std::string FormatExample(absl::string_view page, absl::string_view name);

// The lines of an example that is text (`text NAME`), each with its end, as they stand there.
std::string FormatText(absl::string_view page, absl::string_view name);

}  // namespace quartet::replication
