#include "tests/sandbox_registry/published_zone.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "dns/rdata/record_data.h"
#include "dns/rdata/type.h"
#include "tests/sandbox_registry/domain_parts.h"
#include "tests/sandbox_registry/key_digest.h"

namespace quartet::sandbox {
namespace {

dns::Name NameOf(const std::string& text) {
  absl::StatusOr<dns::Name> name = dns::Name::Parse(text, dns::Name());
  QUARTET_CHECK(name.ok());
  return *std::move(name);
}

// Records by owner and type, made into record sets at the end.
class ZoneMaker {
 public:
  // Owners and names in `value` are absolute. What is there already is not added again.
  void Add(const std::string& owner, dns::Type type, const std::string& value) {
    absl::StatusOr<dns::RecordData> data = dns::RecordData::Parse(type, value, dns::Name());
    QUARTET_CHECK(data.ok());
    std::vector<dns::RecordData>& records = sets_[{owner, type}];
    if (std::find(records.begin(), records.end(), *data) == records.end())
      records.push_back(*std::move(data));
  }
  void AddAddress(const std::string& owner, const Address& address) {
    Add(owner, address.v6() ? dns::Type::kAaaa : dns::Type::kA, address.text());
  }
  void AddApex(const std::string& apex, const std::string& server, uint32_t serial) {
    Add(apex, dns::Type::kSoa,
        absl::StrCat(server, " hostmaster.", server, " ", serial, " 3600 600 86400 60"));
    Add(apex, dns::Type::kNs, server);
  }

  std::vector<dns::RecordSet> Finish() {
    std::vector<dns::RecordSet> zone;
    for (auto& [key, records] : sets_) {
      absl::StatusOr<dns::RecordSet> set =
          dns::RecordSet::Create(NameOf(key.first), kTldTtl, std::move(records));
      QUARTET_CHECK(set.ok());
      zone.push_back(*std::move(set));
    }
    return zone;
  }

 private:
  std::map<std::pair<std::string, dns::Type>, std::vector<dns::RecordData>> sets_;
};

bool IsDelegated(const Domain& domain) {
  const std::vector<std::string> statuses = StatusesOf(domain);
  return std::none_of(statuses.begin(), statuses.end(), [](const std::string& status) {
    return status == "clientHold" || status == "pendingCreate" || status == "pendingDelete";
  });
}

void AddDelegation(const Registry& registry, const std::string& suffix, const Domain& domain,
                   ZoneMaker& zone) {
  const std::string owner = domain.name() + ".";
  for (const std::string& host : domain.hosts()) {
    zone.Add(owner, dns::Type::kNs, host + ".");
    // Hosts elsewhere have no addresses here.
    const std::optional<Host> row = registry.FindHost(host);
    if (!row.has_value() || !absl::StrCat(".", host).ends_with(suffix)) continue;
    for (const Address& address : row->addresses()) zone.AddAddress(host + ".", address);
  }
  for (const HostAttribute& host : domain.attributes()) {
    zone.Add(owner, dns::Type::kNs, host.name() + ".");
    for (const Address& address : host.addresses()) zone.AddAddress(host.name() + ".", address);
  }
  for (const DsData& ds : domain.ds()) {
    zone.Add(owner, dns::Type::kDs,
             absl::StrCat(ds.key_tag(), " ", ds.algorithm(), " ", ds.digest_type(), " ", ds.digest()));
  }
  for (const KeyData& key : domain.keys()) zone.Add(owner, dns::Type::kDs, DsOfKey(NameOf(owner), key));
}

}  // namespace

std::string TldServerName(const std::string& tld) { return absl::StrCat("ns.nic.", tld, "."); }

std::vector<dns::RecordSet> TldZone(const Registry& registry, const std::string& tld,
                                    const std::string& address, uint32_t serial) {
  ZoneMaker zone;
  zone.AddApex(tld + ".", TldServerName(tld), serial);
  zone.Add(TldServerName(tld), dns::Type::kA, address);
  for (const Domain& domain : registry.Domains(tld)) {
    if (IsDelegated(domain)) AddDelegation(registry, absl::StrCat(".", tld), domain, zone);
  }
  return zone.Finish();
}

std::vector<dns::RecordSet> RootZone(const std::string& address,
                                     const std::map<std::string, std::string>& tlds, uint32_t serial) {
  ZoneMaker zone;
  zone.AddApex(".", "a.root-servers.", serial);
  zone.Add("a.root-servers.", dns::Type::kA, address);
  for (const auto& [tld, server] : tlds) {
    zone.Add(tld + ".", dns::Type::kNs, TldServerName(tld));
    zone.Add(TldServerName(tld), dns::Type::kA, server);
  }
  return zone.Finish();
}

std::string ZoneText(const std::vector<dns::RecordSet>& zone) {
  std::string text;
  for (const dns::RecordSet& set : zone) {
    for (const dns::RecordData& data : set.records()) {
      absl::StrAppend(&text, set.owner().ToString(), " ", set.ttl(), " IN ", dns::TypeName(set.type()), " ",
                      data.ToString(), "\n");
    }
  }
  return text;
}

}  // namespace quartet::sandbox
