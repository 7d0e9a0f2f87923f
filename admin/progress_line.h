// How far long work is, for somebody who waits at a terminal.
#pragma once

#include <string>

namespace quartet::admin {

// One line on standard error, written over until it is cleared. Shows nothing where standard error is no terminal.
class ProgressLine {
 public:
  ~ProgressLine() { Clear(); }

  // An empty text changes nothing.
  void Show(const std::string& text);
  // Before anything else is printed.
  void Clear();

 private:
  bool shown_ = false;
};

}  // namespace quartet::admin
