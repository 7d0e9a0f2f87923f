// Who a certificate says its holder is: its one URI subject alternative name under quartet://.
//
//   quartet://admin/NAME
//   quartet://controller/NAME
//   quartet://nameserver/NAMESERVER/node/NODE
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace quartet::transport {

struct Identity {
  enum class Kind { kAdmin, kController, kNode };
  Kind kind = Kind::kAdmin;
  // Name of the admin, the controller or the node.
  std::string name;
  // Nodes only.
  std::string nameserver;

  // The URI.
  std::string ToString() const;
};

// Names are 1 to 63 characters of a-z, A-Z, 0-9, '-', '_', '.', '@'. INVALID_ARGUMENT: none of the three
// forms.
absl::StatusOr<Identity> ParseIdentity(absl::string_view uri);

// The identity among a certificate's URI names. UNAUTHENTICATED: none, or more than one under quartet://.
absl::StatusOr<Identity> FindIdentity(const std::vector<std::string>& uris);

}  // namespace quartet::transport
