#include "controller/imports/import_effects.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/faults.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

constexpr char kBefore[] = "$TTL 300\nwww A 192.0.2.1\nmail A 192.0.2.2\n@ MX 10 mail\n";

std::string Hosts(int count) {
  std::string text = "$TTL 60\n";
  for (int i = 0; i < count; ++i) absl::StrAppend(&text, "host", i, " A 10.0.", i / 250, ".", i % 250, "\n");
  return text;
}

class ImportEffectsTest : public ImportTest {};

TEST_F(ImportEffectsTest, APreviewTellsEachEffectAndChangesNothing) {
  const std::string zone = MakeZone("example.com", kBefore);
  TakeCommitted();
  v1::ImportStart start = Replace(zone, 0);
  start.set_preview(true);
  const auto imported =
      Import(start, "$TTL 300\nwww A 192.0.2.9\nwww A 192.0.2.1\nmail A 192.0.2.2\nnew TXT hello\n");
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_TRUE(TakeCommitted().empty());
  EXPECT_EQ(imported->difference.added, 1u);
  EXPECT_EQ(imported->difference.changed, 1u);
  EXPECT_EQ(imported->difference.removed, 1u);
  ASSERT_TRUE(imported->compared.has_value());
  EXPECT_EQ(imported->compared->revision(), 1u);
  ASSERT_EQ(effects_.size(), 3u);
  EXPECT_EQ(effects_[0].before().type(), "MX");
  EXPECT_FALSE(effects_[0].has_after());
  EXPECT_EQ(effects_[1].after().owner(), "new.example.com.");
  EXPECT_FALSE(effects_[1].has_before());
  EXPECT_EQ(effects_[2].before().values_size(), 1);
  EXPECT_EQ(effects_[2].after().values_size(), 2);
}

TEST_F(ImportEffectsTest, APreviewOfANewZoneIsAllOfIt) {
  v1::ImportStart start = NewZoneStart("new.test");
  start.set_preview(true);
  TakeCommitted();
  const auto imported = Import(start, Hosts(2000));
  ASSERT_TRUE(imported.ok()) << imported.status();
  EXPECT_EQ(effects_.size(), 2000u);
  EXPECT_FALSE(imported->compared.has_value());
  EXPECT_TRUE(imported->zone_id.empty());
  EXPECT_TRUE(TakeCommitted().empty());
  EXPECT_TRUE(view_.ZonesNamed("", *dns::Name::Parse("new.test"))->empty());
}

TEST_F(ImportEffectsTest, AGuardRefusesAPreviewOnceItHasToldWhatItGuards) {
  const std::string zone = MakeZone("example.com", Hosts(20));
  v1::ImportStart start = Replace(zone, 0);
  start.set_preview(true);
  const auto refused = Import(start, "; nothing\n");
  ASSERT_EQ(refused.status().code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_EQ(FaultsOf(refused.status())->faults(0).rule(), "mass-deletion");
  EXPECT_EQ(effects_.size(), 20u);
  // A rule refuses it before.
  EXPECT_FALSE(Import(start, "$TTL 60\nhost1 CNAME x\nhost1 A 192.0.2.1\n").ok());
  EXPECT_TRUE(effects_.empty());
}

}  // namespace
}  // namespace quartet::controller
