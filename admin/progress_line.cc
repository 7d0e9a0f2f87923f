#include "admin/progress_line.h"

#include <unistd.h>

#include <cstdio>

namespace quartet::admin {

void ProgressLine::Show(const std::string& text) {
  if (text.empty() || isatty(STDERR_FILENO) == 0) return;
  std::fprintf(stderr, "\r%s\x1b[K", text.c_str());
  std::fflush(stderr);
  shown_ = true;
}

void ProgressLine::Clear() {
  if (shown_) std::fprintf(stderr, "\r\x1b[K");
  shown_ = false;
}

}  // namespace quartet::admin
