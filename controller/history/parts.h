// Answers that come in parts.
#pragma once

#include <cstddef>
#include <functional>
#include <utility>

namespace quartet::controller {

// Collects items until a message is full, then tells it. What the first message has besides is set by the caller. Not
// thread-safe.
template <typename Part>
class Parts {
 public:
  static constexpr size_t kPartBytes = size_t{64} << 10;

  explicit Parts(const std::function<bool(const Part&)>& tell) : tell_(tell) {}

  Part& part() { return part_; }
  // `bytes` were added to the part. False: nobody listens any more.
  bool Added(size_t bytes) {
    bytes_ += bytes;
    return bytes_ < kPartBytes || Tell();
  }
  // The rest; a message at least.
  bool End() { return (told_ && bytes_ == 0) || Tell(); }

 private:
  bool Tell() {
    bytes_ = 0;
    told_ = true;
    return tell_(std::exchange(part_, Part()));
  }

  const std::function<bool(const Part&)>& tell_;
  Part part_;
  size_t bytes_ = 0;
  bool told_ = false;
};

}  // namespace quartet::controller
