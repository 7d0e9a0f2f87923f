#include "tests/bench/giant_zone.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "dns/record_set/record_set.h"
#include "nameserver/answer/test_server.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::tests {
namespace {

constexpr char kZoneId[] = "ZGIANT00000000";
constexpr char kDigits[] = "0123456789abcdefghijklmnopqrstuvwxyz";
constexpr size_t kLabelSize = 8;
constexpr uint64_t kLabels = 36ull * 36 * 36 * 36 * 36 * 36 * 36 * 36;

struct Record {
  std::string key;
  std::string served;
};

Record Encode(const dns::RecordSet& set, const dns::Name& apex) {
  return {replication::RecordKey(set.owner(), apex, set.type()), replication::EncodeServed(set, apex)};
}

Record Address(const dns::Name& owner, const dns::Name& apex, uint32_t address) {
  const uint8_t bytes[] = {static_cast<uint8_t>(address >> 24), static_cast<uint8_t>(address >> 16),
                           static_cast<uint8_t>(address >> 8), static_cast<uint8_t>(address)};
  auto data = dns::RecordData::FromWire(dns::Type::kA, bytes);
  QUARTET_CHECK(data.ok());
  auto set = dns::RecordSet::Create(owner, 300, {*std::move(data)});
  QUARTET_CHECK(set.ok());
  return Encode(*set, apex);
}

}  // namespace

GiantZone::GiantZone(size_t names) : apex_(nameserver::NameOf("giant.example.")), names_(names) {
  nameserver::ZoneBuilder builder(apex_);
  const auto add = [&](const Record& record) {
    data_bytes_ += record.key.size() + record.served.size();
    QUARTET_CHECK(builder.Add(record.key, record.served).ok());
  };
  const auto apex_sets =
      nameserver::ReadZone(apex_, "@ NS ns.example.\n@ SOA ns.example. admin 1 7200 900 1209600 300\n");
  for (const dns::Type type : {dns::Type::kNs, dns::Type::kSoa}) {
    for (const dns::RecordSet& set : apex_sets) {
      if (set.type() == type) add(Encode(set, apex_));
    }
  }
  for (size_t i = 0; i < names; ++i) add(Address(Owner(Label(i)), apex_, static_cast<uint32_t>(i)));
  QUARTET_CHECK(directory_.Install(kZoneId, std::move(builder)).ok());
  directory_.Publish();
}

const nameserver::ZoneTree& GiantZone::tree() const {
  nameserver::LookupName name;
  QUARTET_CHECK(name.Read(apex_.wire()) != 0);
  const nameserver::ZoneMatch match = directory_.Find(name, name.labels);
  QUARTET_CHECK(match.tree != nullptr);
  return *match.tree;
}

std::string GiantZone::Label(size_t i) const {
  uint64_t number = kLabels / names_ * i + (i * 0x9e3779b97f4a7c15 >> 40) % (kLabels / names_);
  std::string label(kLabelSize, '0');
  for (size_t at = kLabelSize; at-- > 0; number /= 36) label[at] = kDigits[number % 36];
  return label;
}

dns::Name GiantZone::Owner(const std::string& label) const {
  auto owner = dns::Name::Parse(label, apex_);
  QUARTET_CHECK(owner.ok());
  return *std::move(owner);
}

std::vector<uint8_t> GiantZone::Query(size_t i, bool missing) const {
  return nameserver::MakeQuery(Owner(missing ? absl::StrCat(Label(i), "x") : Label(i)), dns::Type::kA);
}

void GiantZone::Change(size_t i, uint32_t address) {
  const Record record = Address(Owner(Label(i)), apex_, address);
  const nameserver::RecordUpdate update = {record.key, record.served};
  QUARTET_CHECK(directory_.Update(kZoneId, {&update, 1}).ok());
  directory_.Publish();
}

}  // namespace quartet::tests
