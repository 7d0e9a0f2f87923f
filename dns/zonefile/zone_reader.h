// Zone files read record by record: for Import, which gathers them into record sets, and for zones too large for that.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/rdata/record_data.h"
#include "dns/zonefile/fault.h"

namespace quartet::dns {

struct ImportOptions {
  // The zone's name, and the first origin.
  Name apex;
  // What the text is called in faults.
  std::string file_name;
  // For records without a TTL where the file gives none.
  std::optional<uint32_t> default_ttl;
  uint32_t max_records = 10'000'000;
  // Faults and warnings listed; all are counted.
  uint32_t max_faults = 1000;
};

// Where the records go, in the order of the file. Apex SOA and NS are among them.
class RecordSink {
 public:
  virtual ~RecordSink() = default;
  // `place` is where the record begins. False: read no further.
  virtual bool Take(const Name& owner, uint32_t ttl, RecordData data, Place place) = 0;
};

// Finds what can be told from a record alone, and its line: see importer.h for the rules. What concerns several records
// of a set ("duplicate-record", "ttl-differs", "record-set", a second SOA) is left to the sink.
//
// Memory: one entry of the file (kMaxEntry), and faults and warnings up to their logs' limits. Not thread-safe; text, sink and logs must
// outlive it.
class ZoneReader {
 public:
  // `text` has at most kMaxZoneFile octets (importer.h).
  ZoneReader(absl::string_view text, const ImportOptions& options, RecordSink& sink, FaultLog* faults,
             FaultLog* warnings);
  ~ZoneReader();

  // Reads one entry: a line, or what parentheses join; of a $GENERATE all records. False: there was none, or the
  // reader has stopped.
  bool Step();

  // How far it has come. It may go back, but never by more than an entry, and only to read that again.
  size_t offset() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace quartet::dns
