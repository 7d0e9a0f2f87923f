// A zone written to a file: as a zone file, as YAML or as JSON.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/strings/string_view.h"
#include "quartet/admin/v1/record_set.pb.h"
#include "quartet/admin/v1/zone.pb.h"

namespace quartet::admin {

enum class ZoneFormat {
  // RFC 1035 §5: one line a record, SOA and apex NS first. Writers and comments are not in it.
  kZoneFile,
  // What record_sets_file.h reads back. Without SOA and apex NS, which an import leaves out.
  kYaml,
  kJson,
};

// Takes the record sets of a zone in canonical order. Memory: the record sets of the apex. Not thread-safe.
class ZoneWriter {
 public:
  using Sink = std::function<void(absl::string_view text)>;

  virtual ~ZoneWriter() = default;
  // First, once.
  virtual void Begin(const v1::Zone& zone) = 0;
  virtual void Add(const v1::RecordSet& set) = 0;
  // Last, once.
  virtual void End() = 0;
};

// `sink` gets the text piece by piece.
std::unique_ptr<ZoneWriter> MakeZoneWriter(ZoneFormat format, ZoneWriter::Sink sink);

// In double quotes, as both JSON and YAML read it.
std::string QuotedText(absl::string_view utf8);

}  // namespace quartet::admin
