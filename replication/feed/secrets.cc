#include "replication/feed/secrets.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/digest/digest.h"
#include "replication/replica/full_view.h"

namespace quartet::replication {

bool IsDigestKeyId(absl::string_view object_id, uint32_t& id) {
  return absl::ConsumePrefix(&object_id, "digest/") && absl::SimpleAtoi(object_id, &id);
}

std::vector<uint32_t> NewDigestKeys(const stored::v1::Entry& entry) {
  std::vector<uint32_t> ids;
  for (const stored::v1::Effect& effect : entry.effects()) {
    uint32_t id = 0;
    if (!effect.has_object() || effect.object().kind() != stored::v1::OBJECT_KIND_SECRET) continue;
    if (IsDigestKeyId(effect.object().id(), id)) ids.push_back(id);
  }
  return ids;
}

absl::StatusOr<DigestKeys> ReadDigestKeys(const store::Reader& reader) {
  absl::StatusOr<std::vector<FullView::ObjectRow>> objects =
      FullView(reader).ListObjects(stored::v1::OBJECT_KIND_SECRET);
  if (!objects.ok()) return objects.status();
  DigestKeys keys;
  for (const FullView::ObjectRow& object : *objects) {
    uint32_t id = 0;
    if (!IsDigestKeyId(object.id, id)) continue;
    stored::v1::SecretRow secret;
    if (!secret.ParseFromString(object.row) || secret.secret().size() != Hasher::kKeyBytes) {
      return absl::DataLossError(absl::StrCat("the secret ", object.id, " is damaged"));
    }
    keys[id] = secret.secret();
  }
  return keys;
}

}  // namespace quartet::replication
