#include "proto/transport/identity.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace quartet::transport {
namespace {

constexpr absl::string_view kScheme = "quartet://";

bool IsName(absl::string_view name) {
  return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(c) || absl::StrContains("-_.@", absl::string_view(&c, 1));
  });
}

}  // namespace

std::string Identity::ToString() const {
  switch (kind) {
    case Kind::kAdmin:
      return absl::StrCat(kScheme, "admin/", name);
    case Kind::kController:
      return absl::StrCat(kScheme, "controller/", name);
    case Kind::kNode:
      return absl::StrCat(kScheme, "nameserver/", nameserver, "/node/", name);
  }
  return "";
}

absl::StatusOr<Identity> ParseIdentity(absl::string_view uri) {
  const auto bad = [&] {
    return absl::InvalidArgumentError(
        absl::StrCat("'", uri.substr(0, 200), "' is not quartet://admin/NAME, quartet://controller/NAME or ",
                     "quartet://nameserver/NAMESERVER/node/NODE"));
  };
  if (!absl::StartsWith(uri, kScheme)) return bad();
  const std::vector<absl::string_view> parts = absl::StrSplit(uri.substr(kScheme.size()), '/');
  for (absl::string_view part : parts) {
    if (!IsName(part)) return bad();
  }
  Identity identity;
  if (parts.size() == 2 && parts[0] == "admin") {
    identity.kind = Identity::Kind::kAdmin;
  } else if (parts.size() == 2 && parts[0] == "controller") {
    identity.kind = Identity::Kind::kController;
  } else if (parts.size() == 4 && parts[0] == "nameserver" && parts[2] == "node") {
    identity.kind = Identity::Kind::kNode;
    identity.nameserver = std::string(parts[1]);
  } else {
    return bad();
  }
  identity.name = std::string(parts.back());
  return identity;
}

absl::StatusOr<Identity> FindIdentity(const std::vector<std::string>& uris) {
  std::optional<Identity> found;
  for (const std::string& uri : uris) {
    if (!absl::StartsWith(uri, kScheme)) continue;
    absl::StatusOr<Identity> identity = ParseIdentity(uri);
    if (!identity.ok()) return absl::UnauthenticatedError(identity.status().message());
    if (found) return absl::UnauthenticatedError("the certificate has more than one quartet:// URI name");
    found = *std::move(identity);
  }
  if (!found) {
    return absl::UnauthenticatedError(absl::StrCat("the certificate has no quartet:// URI name",
                                                   uris.empty() ? "" : ", only ", absl::StrJoin(uris, ", ")));
  }
  return *std::move(found);
}

}  // namespace quartet::transport
