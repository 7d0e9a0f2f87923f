// What is stored of a zone, and whether it is what its row says: digests recomputed from the disk.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "replication/digest/digest.h"
#include "replication/replica/zone_digester.h"
#include "replication/store/store.h"

namespace quartet::replication {

// Where the record sets of a zone lie in a replica, and what they should add up to.
struct ZoneOnDisk {
  std::string zone_id;
  uint64_t revision = 0;
  // 0: nothing is stored.
  uint64_t generation = 0;
  uint64_t record_sets = 0;
  // Of the digests (docs/formats/digest.md).
  std::string digest_key;
  uint32_t digest_key_id = 0;
  // The nameserver is still JOINING it (nodes).
  bool joining = false;
  struct Part {
    // "record sets", for people.
    std::string name;
    std::string prefix;
    Digest digest;
  };
  std::vector<Part> parts;
};

// Reads the rows of a zone that has one; zone_id is set before. Not OK: why they can't be (the generation is set if that
// was readable).
using ReadZoneOnDisk = absl::Status (*)(const store::Reader& reader, ZoneOnDisk& zone);

// As a node keeps it: served parts.
absl::Status ReadNodeZoneOnDisk(const store::Reader& reader, ZoneOnDisk& zone);
// As a controller keeps it: served and control parts.
absl::Status ReadControllerZoneOnDisk(const store::Reader& reader, ZoneOnDisk& zone);

// Reads a zone and compares it with its row. Not thread-safe. Memory: an iterator. Precondition: a generation.
class ZoneCheck {
 public:
  // Keeps a reference to the reader.
  ZoneCheck(const store::Reader& reader, ZoneOnDisk zone);

  // Reads about `bytes` more. True: that was all, or the rest can't be read.
  bool Step(size_t bytes);

  // Once Step was true. Empty: it is what its row says; else in what it is not.
  const std::string& fault() const { return fault_; }
  const ZoneOnDisk& zone() const { return zone_; }
  // Of the first part (served), as read. Meaningless if that could not be read.
  const Digest& served() const { return served_; }
  uint64_t bytes_read() const { return bytes_read_; }

 private:
  void Begin();
  void Compare();

  const store::Reader& reader_;
  const ZoneOnDisk zone_;
  Hasher hasher_;
  size_t part_ = 0;
  std::unique_ptr<ZoneDigester> digester_;
  Digest served_;
  std::string fault_;
  uint64_t bytes_read_ = 0;
};

}  // namespace quartet::replication
