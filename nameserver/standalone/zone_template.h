// A zone file's record sets without the name of a zone: read once, put under any number of apexes.
//
// The file is read with a made-up apex, a label that nobody can guess. A name that ends with it was relative in the file;
// all others were absolute and stay as they are.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/record_set/record_set.h"

namespace quartet::nameserver {

// A record set as a replica has it: record key (replication/record/record_key.h) and served part
// (replication/record/record_value.h).
struct ZoneRecord {
  std::string key;
  std::string served;
};

// All of a zone, in ascending order of keys.
std::vector<ZoneRecord> EncodeZone(const std::vector<dns::RecordSet>& sets, const dns::Name& apex);

// Not thread-safe.
class ZoneTemplate {
 public:
  // `sets`: a zone's, read with `made_up`, a single label, as its apex. nullopt: the label stands where no name is known to
  // be, so that the file has to be read with each apex.
  static std::optional<ZoneTemplate> Create(const std::vector<dns::RecordSet>& sets,
                                            const dns::Name& made_up);

  // All names stay within 255 octets (RFC 1035 §2.3.4).
  bool Fits(const dns::Name& apex) const { return longest_ + apex.wire().size() <= dns::Name::kMaxWire; }

  // The record sets under `apex`, in ascending order of keys; valid until the next call. What comes of two records that are
  // the same under this apex (one relative, one absolute) is one. INVALID_ARGUMENT: a record set would be too large.
  // Precondition: Fits(apex).
  absl::StatusOr<const std::vector<ZoneRecord>*> Under(const dns::Name& apex);

 private:
  // One record's data, cut where the made-up apex stood: between two pieces goes the zone's.
  using Pieces = std::vector<std::string>;
  struct Set {
    // In records_.
    size_t at;
    // Of the served part: what stands before the records.
    std::string head;
    std::vector<Pieces> records;
    // Under some apexes two of its records may be the same, or they may be too large: it is made as one from a file is.
    bool by_rule;
    // For that: its owner's labels in wire format, without the apex'.
    std::string owner;
    uint32_t ttl;
    dns::Type type;
  };

  explicit ZoneTemplate(const dns::Name& made_up) : made_up_(made_up) {}
  bool Add(const dns::RecordSet& set);
  Pieces Cut(const dns::RecordData& data);
  bool HasForeignName(const dns::RecordData& data) const;
  void Note(const dns::Name& name);
  void Join(const Set& set, absl::string_view apex);
  absl::Status MakeByRule(const Set& set, const dns::Name& apex);

  dns::Name made_up_;
  // As they were last given out; those without relative names in their data never change.
  std::vector<ZoneRecord> records_;
  // Of records_, those that do.
  std::vector<Set> sets_;
  // Octets of the longest relative name, without the root's.
  size_t longest_ = 0;
  // Of the set in the making: the data of its records.
  std::vector<std::string> joined_;
};

}  // namespace quartet::nameserver
