#include "controller/sequencer/first_entry.h"

#include <cstdint>

#include "replication/replica/apply_stages.h"

namespace quartet::controller {
namespace {

std::string RandomBytes(replication::Random& random, size_t count) {
  std::string bytes;
  while (bytes.size() < count) {
    uint64_t number = random.Next();
    for (int i = 0; i < 8 && bytes.size() < count; ++i, number >>= 8)
      bytes.push_back(static_cast<char>(number));
  }
  return bytes;
}

void AddObject(stored::v1::Entry& entry, stored::v1::ObjectKind kind, const std::string& id,
               const std::string& row) {
  stored::v1::ObjectEffect& object = *entry.add_effects()->mutable_object();
  object.set_kind(kind);
  object.set_id(id);
  object.set_revision(1);
  object.set_row(row);
}

void AddSecret(stored::v1::Entry& entry, const std::string& id, std::string bytes) {
  stored::v1::SecretRow secret;
  secret.set_secret(std::move(bytes));
  AddObject(entry, stored::v1::OBJECT_KIND_SECRET, id, secret.SerializeAsString());
}

}  // namespace

stored::v1::Entry TermEntry(const std::string& controller, const std::vector<stored::v1::StageRow>& stages) {
  stored::v1::Entry entry;
  entry.add_effects()->mutable_term()->set_controller(controller);
  for (const stored::v1::StageRow& stage : stages) {
    replication::AddAbort(entry, stage, "another term of the leader has begun");
  }
  return entry;
}

stored::v1::Entry FoundingEntry(const std::string& controller, replication::Random& random) {
  stored::v1::Entry entry = TermEntry(controller, {});
  AddSecret(entry, "digest/1", RandomBytes(random, 16));
  AddSecret(entry, kAssignmentSecret, RandomBytes(random, 32));
  for (const char* id : {"a", "b", "c", "d"}) {
    stored::v1::StripeRow stripe;
    stripe.set_id(id);
    AddObject(entry, stored::v1::OBJECT_KIND_STRIPE, id, stripe.SerializeAsString());
  }
  return entry;
}

}  // namespace quartet::controller
