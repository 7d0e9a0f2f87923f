// Stripes, nameservers and nodes, as rows read from a replica.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/store/store.h"

namespace quartet::controller {

template <typename Row>
struct Versioned {
  uint64_t revision = 0;
  Row row;
};

// A value; as of whatever the reader it was read from showed.
struct Roster {
  // By id.
  std::map<std::string, Versioned<stored::v1::StripeRow>> stripes;
  std::map<std::string, Versioned<stored::v1::NameserverRow>> nameservers;
  std::map<std::string, Versioned<stored::v1::NodeRow>> nodes;

  // Nodes that INSYNC waits for (COUNTED or DRAINING), by nameserver.
  std::map<std::string, std::vector<std::string>> counted;
  // All its nodes but DRAINED ones.
  std::map<std::string, std::vector<std::string>> by_nameserver;
};

absl::StatusOr<Roster> ReadRoster(const store::Reader& reader);

// The nameservers of a zone, read by key: `nameservers` alone is filled in.
absl::StatusOr<Roster> ReadNameserversOf(const store::Reader& reader, const stored::v1::ZoneRow& zone);

// Of the counted nodes of `nameservers`, those that are so in what `reader` shows too: `counted` alone is filled in.
// Reads their rows and no others. Precondition: `committed` is the roster as of the log's head, and `reader` shows that and
// what is in flight (a node is enrolled, and counted, in two entries: one that is enrolled in flight is not counted yet).
absl::StatusOr<Roster> ReadCounted(const store::Reader& reader, const Roster& committed,
                                   const std::vector<std::string>& nameservers);

// Whether INSYNC waits for it: a node told to drain is waited for until its sockets are closed.
bool IsCounted(const stored::v1::NodeRow& node);

// 0 to 3 for "a" to "d"; -1 for anything else.
int StripeIndex(absl::string_view id);

}  // namespace quartet::controller
