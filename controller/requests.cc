#include "controller/requests.h"

#include <openssl/sha.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_settings.h"

namespace quartet::controller {
namespace {

constexpr size_t kMaxAccount = 255;

}  // namespace

absl::StatusOr<dns::Name> ReadDomain(absl::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the domain name is missing");
  absl::StatusOr<dns::Name> name = dns::Name::Parse(text);
  if (!name.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text.substr(0, 300), "\": ", name.status().message()));
  }
  return name;
}

absl::StatusOr<ZoneToBe> ReadNewZone(const std::string& domain_name, const std::string& account,
                                     const std::string& comment, const std::string& delegation_set) {
  if (account.size() > kMaxAccount) return absl::InvalidArgumentError("the account's name is too long");
  if (comment.size() > kMaxZoneComment) {
    return absl::InvalidArgumentError(absl::StrCat("the comment is over ", kMaxZoneComment, " bytes"));
  }
  absl::StatusOr<dns::Name> name = ReadDomain(domain_name);
  if (!name.ok()) return name.status();
  FaultList faults;
  CheckZoneName(*name, faults);
  if (!faults.empty()) return faults.ToStatus();
  absl::StatusOr<std::string> set = ReadDelegationSetName(delegation_set);
  if (!set.ok()) return set.status();
  return ZoneToBe{*std::move(name), account, comment, *std::move(set)};
}

absl::StatusOr<std::string> ReadDelegationSetName(absl::string_view name) {
  if (name.empty()) return std::string();
  if (!absl::ConsumePrefix(&name, "delegationSets/") || name.empty())
    return absl::InvalidArgumentError("a delegation set is called \"delegationSets/\" and its name");
  return std::string(name);
}

std::string HashOf(absl::string_view call, const google::protobuf::Message& request) {
  const std::string body = absl::StrCat(call, "\n", request.SerializeAsString());
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace quartet::controller
