// A watch that is over by calling a function.
#pragma once

#include <functional>
#include <utility>

#include "controller/watch.h"

namespace quartet::controller {

class EndingWatch : public Watch {
 public:
  // `end` returns once the callback is not running and won't be called.
  explicit EndingWatch(std::function<void()> end) : end_(std::move(end)) {}
  ~EndingWatch() override { end_(); }
  EndingWatch(const EndingWatch&) = delete;
  EndingWatch& operator=(const EndingWatch&) = delete;

 private:
  std::function<void()> end_;
};

}  // namespace quartet::controller
