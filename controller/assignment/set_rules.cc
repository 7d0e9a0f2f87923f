#include "controller/assignment/set_rules.h"

#include <memory>
#include <optional>
#include <vector>

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

using replication::FullView;
using stored::v1::ZoneRow;

class Excluder {
 public:
  Excluder(const store::Reader& view, absl::string_view account, const std::set<std::string>& everybody,
           absl::string_view own_zone)
      : reader_(view), view_(view), account_(account), everybody_(everybody), own_zone_(own_zone) {}

  // Zones of this very name: all that are there, and deleted ones of others.
  absl::Status AddSameName(const dns::Name& name) {
    return AddNamed(name, [this](const ZoneRow& row) {
      return row.state() != stored::v1::ZONE_STATE_DELETED || row.account() != account_;
    });
  }

  // Zones of others by this name.
  absl::Status AddOthers(const dns::Name& name) {
    return AddNamed(name, [this](const ZoneRow& row) { return row.account() != account_; });
  }

  // Zones of others below this name.
  absl::Status AddOthersBelow(const dns::Name& name) {
    // A name's key is that of the zones of the name with one 0x00 behind it: without it, it begins all names
    // below.
    std::string prefix = replication::layout::DirectoryName("", name);
    prefix.pop_back();
    std::unique_ptr<store::Iterator> it = reader_.Scan(prefix, store::PrefixEnd(prefix));
    for (; it->Valid() && !Everybody(); it->Next()) {
      const absl::string_view key = it->key();
      if (key.size() < replication::layout::kZoneIdBytes) continue;
      absl::Status status = Add(key.substr(key.size() - replication::layout::kZoneIdBytes),
                                [this](const ZoneRow& row) { return row.account() != account_; });
      if (!status.ok()) return status;
    }
    return it->status();
  }

  std::set<std::string> Take() { return std::move(excluded_); }

 private:
  template <typename Matches>
  absl::Status AddNamed(const dns::Name& name, const Matches& matches) {
    absl::StatusOr<std::vector<std::string>> ids = view_.ZonesNamed("", name);
    if (!ids.ok()) return ids.status();
    for (const std::string& id : *ids) {
      if (absl::Status status = Add(id, matches); !status.ok()) return status;
    }
    return absl::OkStatus();
  }

  template <typename Matches>
  absl::Status Add(absl::string_view zone_id, const Matches& matches) {
    if (zone_id == own_zone_) return absl::OkStatus();
    absl::StatusOr<std::optional<ZoneRow>> row = view_.Zone(zone_id);
    if (!row.ok()) return row.status();
    if (!row->has_value() || !matches(**row)) return absl::OkStatus();
    for (const stored::v1::Assignment& assignment : (*row)->assignments())
      excluded_.insert(assignment.target());
    return absl::OkStatus();
  }

  bool Everybody() const {
    for (const std::string& nameserver : everybody_) {
      if (!excluded_.contains(nameserver)) return false;
    }
    return true;
  }

  const store::Reader& reader_;
  const FullView view_;
  const absl::string_view account_;
  const std::set<std::string>& everybody_;
  const absl::string_view own_zone_;
  std::set<std::string> excluded_;
};

}  // namespace

absl::StatusOr<std::set<std::string>> ExcludedNameservers(const store::Reader& view, const dns::Name& apex,
                                                          absl::string_view account,
                                                          const std::set<std::string>& everybody,
                                                          absl::string_view own_zone) {
  Excluder excluder(view, account, everybody, own_zone);
  if (absl::Status status = excluder.AddSameName(apex); !status.ok()) return status;
  for (dns::Name name = apex.Parent(); !name.is_root(); name = name.Parent()) {
    if (absl::Status status = excluder.AddOthers(name); !status.ok()) return status;
  }
  if (absl::Status status = excluder.AddOthersBelow(apex); !status.ok()) return status;
  return excluder.Take();
}

}  // namespace quartet::controller
