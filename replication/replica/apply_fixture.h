// For tests: a controller's replica that entries are applied to, with one zone in it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "quartet/stored/v1/entry.pb.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/apply.h"
#include "replication/replica/full_view.h"
#include "replication/store/memory_store.h"

namespace quartet::replication {

class ApplyFixture : public ::testing::Test {
 protected:
  static constexpr char kZone[] = "Z0000000000001";
  static constexpr char kKey[] = "0123456789abcdef";
  struct Set {
    std::string key;
    std::string served;
    std::string control;
  };

  static ZoneTotals TotalsOfSets(const std::vector<Set>& sets);
  // The zone with these record sets in all, at `revision`.
  static stored::v1::ZoneRow Row(uint64_t revision, const std::vector<Set>& sets);
  static void AddPuts(const std::vector<Set>& sets, RecordPuts& puts);
  static stored::v1::Entry ZoneEntry(uint64_t prev, const stored::v1::ZoneRow& row,
                                     const std::vector<std::string>& removed, const std::vector<Set>& puts);

  // Applies it at the next position, or leaves no trace of it.
  absl::Status Apply(const stored::v1::Entry& entry);
  // At revision 1, with record sets "a" and "b".
  void MakeZone();

  store::MemoryStore store_;
  FullView view_{store_};
  Hasher hasher_{kKey};
  uint64_t index_ = 0;
};

}  // namespace quartet::replication
