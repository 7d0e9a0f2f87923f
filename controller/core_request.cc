#include "controller/core_request.h"

#include <openssl/sha.h>

#include "absl/strings/strip.h"

namespace quartet::controller {

absl::StatusOr<std::string> IdIn(absl::string_view collection, absl::string_view name) {
  if (!absl::ConsumePrefix(&name, collection) || name.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("a name here begins with \"", collection, "\""));
  }
  return std::string(name);
}

void AddAlarm(std::string source, std::string zone, std::string message, admin::v1::Status& status) {
  status.set_alarms_total(status.alarms_total() + 1);
  if (status.alarms_size() >= kMaxAlarms) return;
  admin::v1::Alarm& alarm = *status.add_alarms();
  alarm.set_source(std::move(source));
  alarm.set_zone(std::move(zone));
  alarm.set_message(std::move(message));
}

absl::StatusOr<dns::Name> ReadDomain(absl::string_view text) {
  if (text.empty()) return absl::InvalidArgumentError("the domain name is missing");
  absl::StatusOr<dns::Name> name = dns::Name::Parse(text);
  if (!name.ok()) {
    return absl::InvalidArgumentError(
        absl::StrCat("\"", text.substr(0, 300), "\": ", name.status().message()));
  }
  return name;
}

std::string HashOf(absl::string_view call, const google::protobuf::Message& request) {
  const std::string body = absl::StrCat(call, "\n", request.SerializeAsString());
  std::string hash(SHA256_DIGEST_LENGTH, '\0');
  SHA256(reinterpret_cast<const unsigned char*>(body.data()), body.size(),
         reinterpret_cast<unsigned char*>(hash.data()));
  return hash;
}

}  // namespace quartet::controller
