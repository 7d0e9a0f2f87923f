#include "controller/assignment/set_rules.h"

#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/layout.h"
#include "replication/store/memory_store.h"

namespace quartet::controller {
namespace {

using Names = std::set<std::string>;

class SetRulesTest : public ::testing::Test {
 protected:
  void AddZone(const std::string& name, const std::string& account, const std::vector<std::string>& set,
               bool deleted = false) {
    stored::v1::ZoneRow row;
    row.set_id("Z000000000000" + std::to_string(next_++));
    row.set_account(account);
    row.set_state(deleted ? stored::v1::ZONE_STATE_DELETED : stored::v1::ZONE_STATE_ACTIVE);
    for (const std::string& target : set) row.add_assignments()->set_target(target);
    store::Batch batch;
    batch.Put(replication::layout::Zone(row.id()), row.SerializeAsString());
    batch.Put(replication::layout::Directory("", *dns::Name::Parse(name), row.id()), "");
    ASSERT_TRUE(store_.Write(batch, store::Store::Sync::kNo).ok());
  }

  Names Excluded(const std::string& name, const std::string& account) {
    return *ExcludedNameservers(store_, *dns::Name::Parse(name), account, {"n1", "n2", "n3"});
  }

  store::MemoryStore store_;
  int next_ = 0;
};

TEST_F(SetRulesTest, ZonesOfTheSameNameAreExcludedWhosesoever) {
  AddZone("example.com.", "mine", {"n1"});
  AddZone("Example.com.", "theirs", {"n2"});
  AddZone("example.net.", "theirs", {"n3"});
  EXPECT_EQ(Excluded("example.com.", "mine"), (Names{"n1", "n2"}));
}

TEST_F(SetRulesTest, ADeletedZoneIsExcludedForOthersOnly) {
  AddZone("example.com.", "mine", {"n1"}, true);
  EXPECT_EQ(Excluded("example.com.", "mine"), Names{});
  EXPECT_EQ(Excluded("example.com.", "theirs"), Names{"n1"});
}

TEST_F(SetRulesTest, AChildOfAnothersZoneIsKeptApart) {
  AddZone("example.com.", "theirs", {"n1"});
  AddZone("other.com.", "theirs", {"n2"});
  EXPECT_EQ(Excluded("login.example.com.", "mine"), Names{"n1"});
  EXPECT_EQ(Excluded("a.b.example.com.", "mine"), Names{"n1"});
  EXPECT_EQ(Excluded("login.example.com.", "theirs"), Names{});
}

TEST_F(SetRulesTest, AParentOfAnothersZoneIsKeptApart) {
  AddZone("login.example.com.", "theirs", {"n1"});
  AddZone("myexample.com.", "theirs", {"n2"});
  EXPECT_EQ(Excluded("example.com.", "mine"), Names{"n1"});
  EXPECT_EQ(Excluded("example.com.", "theirs"), Names{});
}

}  // namespace
}  // namespace quartet::controller
