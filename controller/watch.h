// A callback that lasts as long as this object.
#pragma once

namespace quartet::controller {

// Ends the watch when it goes: once its destructor has returned, the callback is not running and won't be
// called. So it must not be destroyed from within its own callback.
class Watch {
 public:
  virtual ~Watch() = default;
};

}  // namespace quartet::controller
