#include "admin/input_file.h"

#include <fstream>
#include <iostream>
#include <sstream>

#include "absl/strings/str_cat.h"

namespace quartet::admin {

std::string ReadInput(const Session& session, const std::string& path) {
  std::stringstream text;
  if (path == "-") {
    text << std::cin.rdbuf();
  } else {
    std::ifstream file(path);
    if (!file || !(text << file.rdbuf())) {
      session.Fail(kUsage, absl::StrCat(path, ": it can't be read, or there is nothing in it"));
    }
  }
  return text.str();
}

}  // namespace quartet::admin
