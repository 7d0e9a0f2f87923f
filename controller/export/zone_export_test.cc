#include "controller/export/zone_export.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/memory_controller.h"
#include "gtest/gtest.h"
#include "replication/replica/full_view.h"
#include "replication/replica/layout.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

class ZoneExportTest : public ::testing::Test {
 protected:
  static std::string Hosts(int count) {
    std::string text = "$TTL 60\n";
    for (int i = 0; i < count; ++i) absl::StrAppend(&text, "host", i, " TXT ", std::string(100, 'x'), "\n");
    return text;
  }

  MemoryController controller_;
};

TEST_F(ZoneExportTest, GivesTheZoneOnceAndAllRecordSetsInPieces) {
  const std::string name = controller_.MakeZone("example.com", Hosts(3000));
  auto open = ZoneExport::Open(controller_->host(), "zones/example.com");
  ASSERT_TRUE(open.ok()) << open.status();
  v1::ExportZoneResponse piece;
  int pieces = 0;
  std::vector<std::string> owners;
  absl::StatusOr<bool> more = (*open)->Next(piece);
  for (; more.ok() && *more; more = (*open)->Next(piece)) {
    EXPECT_EQ(piece.has_zone(), pieces++ == 0);
    if (piece.has_zone()) {
      EXPECT_EQ(piece.zone().name(), name);
    }
    EXPECT_LT(piece.ByteSizeLong(), 2 * ZoneExport::kPieceBytes);
    for (const v1::RecordSet& set : piece.record_sets()) owners.push_back(set.owner());
  }
  ASSERT_TRUE(more.ok()) << more.status();
  EXPECT_GT(pieces, 4);
  ASSERT_EQ(owners.size(), 3002u);
  EXPECT_EQ(owners[0], "example.com.");
  EXPECT_EQ(owners[2], "host0.example.com.");
  EXPECT_EQ(owners.back(), "host999.example.com.");
}

TEST_F(ZoneExportTest, IsOfOneRevisionWhateverComesMeanwhile) {
  const std::string name = controller_.MakeZone("example.com", Hosts(3000));
  auto open = ZoneExport::Open(controller_->host(), name);
  ASSERT_TRUE(open.ok());
  v1::ExportZoneResponse piece;
  ASSERT_TRUE(*(*open)->Next(piece));
  v1::DeleteZoneRequest del;
  del.set_name(name);
  del.set_force(true);
  ASSERT_TRUE(controller_->DeleteZone(MemoryController::kAdmin, del).ok());
  size_t sets = static_cast<size_t>(piece.record_sets_size());
  absl::StatusOr<bool> more = (*open)->Next(piece);
  for (; more.ok() && *more; more = (*open)->Next(piece))
    sets += static_cast<size_t>(piece.record_sets_size());
  EXPECT_TRUE(more.ok()) << more.status();
  EXPECT_EQ(sets, 3002u);
  EXPECT_TRUE(absl::IsNotFound(ZoneExport::Open(controller_->host(), "zones/example.com").status()));
}

TEST_F(ZoneExportTest, ADamagedCopyIsFoundAtTheEnd) {
  const std::string id = controller_.MakeZone("example.com", Hosts(3)).substr(6);
  const uint64_t generation = *replication::FullView(controller_.store()).ZoneGeneration(id);
  const std::string prefix = replication::layout::Generation(id, generation);
  const auto records = controller_.store().Scan(prefix, store::PrefixEnd(prefix));
  std::string last;
  std::string value;
  for (; records->Valid(); records->Next()) {
    last = std::string(records->key());
    value = std::string(records->value());
  }
  value.back() ^= 1;
  store::Batch damage;
  damage.Put(last, value);
  ASSERT_TRUE(controller_.store().Write(damage, store::Store::Sync::kYes).ok());
  auto open = ZoneExport::Open(controller_->host(), "zones/" + id);
  ASSERT_TRUE(open.ok()) << open.status();
  v1::ExportZoneResponse piece;
  EXPECT_TRUE(absl::IsDataLoss((*open)->Next(piece).status()));
}

}  // namespace
}  // namespace quartet::controller
