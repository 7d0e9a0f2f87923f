// Who asks.
#pragma once

#include <string>

namespace quartet::controller {

// As its certificate says: "quartet://admin/alice".
struct Caller {
  std::string principal;
};

}  // namespace quartet::controller
