#include "controller/imports/record_sets_reader.h"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/faults.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

constexpr char kBefore[] = "$TTL 300\nwww A 192.0.2.1\nmail A 192.0.2.2\n@ MX 10 mail\n";

class RecordSetsReaderTest : public ImportTest {};

v1::ImportedRecordSet Set(const std::string& owner, const std::string& type, uint32_t ttl,
                          const std::vector<std::string>& values, const std::string& writer = "",
                          const std::string& comment = "") {
  v1::ImportedRecordSet set;
  set.mutable_record_set()->set_owner(owner);
  set.mutable_record_set()->set_type(type);
  set.mutable_record_set()->set_ttl(ttl);
  for (const std::string& value : values) set.mutable_record_set()->add_values(value);
  set.mutable_record_set()->set_writer(writer);
  set.mutable_record_set()->set_comment(comment);
  return set;
}

// Line 10 and on, column 3.
std::vector<v1::ImportedRecordSet> Placed(std::vector<v1::ImportedRecordSet> sets) {
  for (size_t i = 0; i < sets.size(); ++i) {
    sets[i].set_line(static_cast<uint32_t>(10 + i));
    sets[i].set_column(3);
  }
  return sets;
}

TEST_F(RecordSetsReaderTest, RecordSetsAreTakenWithWriterAndComment) {
  const std::string zone = MakeZone("example.com", kBefore);
  const std::vector<v1::ImportedRecordSet> sets{
      Set("www", "A", 300, {"192.0.2.1"}, "external-dns/a", "the shop"), Set("@", "MX", 300, {"10 mail"}),
      Set("@", "SOA", 900, {"a. b. 1 2 3 4 5"}), Set("@", "NS", 900, {"ns1"}),
      Set("mail", "A", 60, {"192.0.2.2", "192.0.2.3"})};
  v1::ImportStart preview = Replace(zone, 0);
  preview.set_preview(true);
  ASSERT_TRUE(Import(preview, sets).ok());
  ASSERT_EQ(effects_.size(), 2u);
  EXPECT_EQ(effects_[1].before().writer(), "");
  EXPECT_EQ(effects_[1].after().writer(), "external-dns/a");
  EXPECT_EQ(effects_[1].after().comment(), "the shop");
  const auto imported = Import(Replace(zone, 1), sets);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(imported->difference.changed, 2u);
  EXPECT_EQ(imported->total_warnings, 2u);
  EXPECT_EQ(Contents(zone).size(), 4u);
  // Again it is so already; and without a writer, whoever maintains it.
  EXPECT_EQ(Import(Replace(zone, 2), sets)->difference.edits(), 0u);
  std::vector<v1::ImportedRecordSet> unsaid = sets;
  unsaid[0].mutable_record_set()->clear_writer();
  unsaid[0].mutable_record_set()->clear_comment();
  EXPECT_EQ(Import(Replace(zone, 2), unsaid)->difference.edits(), 0u);
}

TEST_F(RecordSetsReaderTest, FaultsOfRecordSetsHaveTheirPlaces) {
  const std::string zone = MakeZone("example.com", kBefore);
  const auto refused = Import(
      Merge(zone), Placed({Set("a", "A", 60, {"nonsense", "192.0.2.1"}), Set("a", "AAAA", 60, {"::1"}),
                           Set("A.example.com.", "AAAA", 60, {"::2"}), Set("b.test.", "A", 60, {"192.0.2.1"}),
                           Set("c", "RRSIG", 60, {"1", "2"}), Set("@", "CNAME", 60, {"d"}),
                           Set("e", "A", 60, {}), Set("f", "TXT", 60, {"x"}, std::string(300, 'w'))}));
  ASSERT_TRUE(absl::IsInvalidArgument(refused.status())) << refused.status();
  std::vector<std::pair<uint32_t, std::string>> found;
  const auto faults = FaultsOf(refused.status());
  for (const v1::Fault& fault : faults->faults()) {
    EXPECT_EQ(fault.file(), "test.zone");
    EXPECT_EQ(fault.column(), 3u);
    found.emplace_back(fault.line(), fault.rule());
  }
  std::sort(found.begin(), found.end());
  EXPECT_EQ(found, (std::vector<std::pair<uint32_t, std::string>>{{10, "bad-value"},
                                                                  {12, "named-twice"},
                                                                  {13, "owner-outside-zone"},
                                                                  {14, "type-not-stored"},
                                                                  {15, "cname-at-apex"},
                                                                  {16, "no-values"},
                                                                  {17, "bad-writer"}}));
  EXPECT_EQ(Row(zone).revision(), 1u);
}

TEST_F(RecordSetsReaderTest, ManyRecordSetsAreStaged) {
  std::vector<v1::ImportedRecordSet> sets;
  sets.reserve(60);
  for (int i = 0; i < 60; ++i)
    sets.push_back(Set(absl::StrCat("h", i), "A", 60, {absl::StrCat("10.0.0.", i)}, absl::StrCat("w", i)));
  const auto imported = Import(NewZoneStart("new.test"), sets);
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(Contents(imported->outcome.zone_id).size(), 61u);
  v1::ImportStart again = Merge(imported->outcome.zone_id);
  again.set_preview(true);
  EXPECT_EQ(Import(again, sets)->difference.edits(), 0u);
}

TEST_F(RecordSetsReaderTest, ACutOffListImportsNothing) {
  const std::string zone = MakeZone("example.com", kBefore);
  auto messages = Messages(Merge(zone), std::vector{Set("a", "A", 60, {"192.0.2.1"})});
  messages.back().mutable_end()->set_record_sets(2);
  ScriptedStream wrong(messages);
  EXPECT_TRUE(absl::IsInvalidArgument(importer_->Import("quartet://admin/test", wrong).status()));
  messages.back().set_text("x A 192.0.2.1\n");
  ScriptedStream mixed(messages);
  EXPECT_TRUE(absl::IsInvalidArgument(importer_->Import("quartet://admin/test", mixed).status()));
  EXPECT_EQ(Row(zone).revision(), 1u);
}

}  // namespace
}  // namespace quartet::controller
