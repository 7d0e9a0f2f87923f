#include "nameserver/standalone/zone_list.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace quartet::nameserver {
namespace {

// Files with their zones, one a line; then faults by line, column and rule.
std::string Read(absl::string_view text, const std::string& name = "lists/zones.txt") {
  dns::FaultLog faults(name, 100);
  const ZoneList list = ParseZoneList(text, name, faults);
  std::string all;
  size_t zones = 0;
  for (const ZoneList::File& file : list.files) {
    absl::StrAppend(&all, file.path, ":");
    for (const ZoneList::Zone& zone : file.zones)
      absl::StrAppend(&all, " ", zone.apex.ToString(), "@", zone.line);
    absl::StrAppend(&all, "\n");
    zones += file.zones.size();
  }
  EXPECT_EQ(list.zone_count, zones);
  for (const dns::Fault& fault : faults.Take()) {
    EXPECT_EQ(fault.file, name);
    absl::StrAppend(&all, fault.line, ":", fault.column, " ", fault.rule, "\n");
  }
  return all;
}

TEST(ZoneList, PathsAreRelativeToItsFolder) {
  EXPECT_EQ(Read("a.example a.zone\nb.example. /etc/b.zone\n"),
            "lists/a.zone: a.example.@1\n/etc/b.zone: b.example.@2\n");
  EXPECT_EQ(Read("a.example a.zone", "zones.txt"), "a.zone: a.example.@1\n");
}

TEST(ZoneList, FilesOfSeveralNamesComeOnce) {
  EXPECT_EQ(Read("a.test x\nb.test y\nc.test x\n"), "lists/x: a.test.@1 c.test.@3\nlists/y: b.test.@2\n");
}

TEST(ZoneList, CommentsAndEmptyLinesSayNothing) {
  EXPECT_EQ(Read("# zones\n\n  ; more\n \t \r\n  a.test\t x \r\n"), "lists/x: a.test.@5\n");
  EXPECT_EQ(Read(""), "");
}

TEST(ZoneList, APathGoesToTheEndOfItsLine) {
  EXPECT_EQ(Read("a.test my zone #1\n"), "lists/my zone #1: a.test.@1\n");
}

TEST(ZoneList, TheRootIsAName) { EXPECT_EQ(Read(". root.zone\n"), "lists/root.zone: .@1\n"); }

TEST(ZoneList, FaultsHaveTheirPlaces) {
  EXPECT_EQ(Read("a..test x\n  b.test\nA.test x\nc.test y\na.TEST. z\n"),
            "lists/x: A.test.@3\nlists/y: c.test.@4\n1:1 zone-name\n2:9 zone-path\n5:1 zone-twice\n");
}

}  // namespace
}  // namespace quartet::nameserver
