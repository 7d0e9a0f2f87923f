// What a leaf holds of one name: flags and record sets, put together from sets in page form.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "nameserver/zone/page.h"

namespace quartet::nameserver {

// Collects the record sets of one name, in ascending order of types.
class NamePayload {
 public:
  // Starts a name; `key` as in the tree.
  void Start(absl::string_view key);
  // `set` is one record set in page form.
  void Add(uint16_t type, absl::string_view set);

  bool empty() const { return sets_ == 0; }
  // The payload of a leaf entry; valid until the next call.
  absl::string_view Finish();

 private:
  std::string bytes_;
  bool apex_ = true;
  uint8_t flags_ = 0;
  uint16_t sets_ = 0;
};

}  // namespace quartet::nameserver
