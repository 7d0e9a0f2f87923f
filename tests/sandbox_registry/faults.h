// What a test has the registry do wrong, command by command.
#pragma once

#include <chrono>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace quartet::sandbox {

struct Fault {
  enum class Kind {
    kNone,
    // Done, and answered, only after a while; also if the client has gone away by then.
    kDelay,
    // Done at once, answered after a while.
    kLate,
    // The connection is cut and nothing is done.
    kCut,
    // Done, but the connection is cut before the answer.
    kLost,
    // Done, and answered with what is no XML.
    kGarbage,
    // Done, and answered with a frame that says it has 2 GiB.
    kOversized,
  };
  Kind kind = Kind::kNone;
  std::chrono::milliseconds wait{0};
};

// Read from a file, anew before each command, so that a test may change it meanwhile. Thread-safe. A line each, the
// first that fits counts:
//   domain:create delay 2000
//   host:check late 500
//   login cut
//   * garbage
// A command is named by its object and verb, or its verb alone ("login", "poll", "greeting": what is said first); "*" is
// all of them. A file that is not there has none, a line that can't be read ends the process.
class Faults {
 public:
  // Empty: never any.
  explicit Faults(std::string path = {}) : path_(std::move(path)) {}

  Fault Of(absl::string_view command) const;
  bool none() const { return path_.empty(); }

 private:
  std::string path_;
};

// "domain:create", "login"; empty: the message is no command.
std::string CommandOf(absl::string_view message);

}  // namespace quartet::sandbox
