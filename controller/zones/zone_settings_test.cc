#include "controller/zones/zone_settings.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "controller/zones/zone_fixture.h"
#include "dns/rdata/record_data.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using admin::v1::UpdateZoneRequest;
using dns::Type;

class ZoneSettingsTest : public ZoneTest {
 protected:
  std::string Soa() { return Get(id_, "@", Type::kSoa).records()[0].ToString(); }
  // From the hostmaster on.
  std::string SoaFields() {
    const std::string soa = Soa();
    return soa.substr(soa.find(' ') + 1);
  }
  Strings RulesOfUpdate(const UpdateZoneRequest& request) { return RulesOf(Update(id_, request).status()); }

  const std::string id_ = NewZoneOf("example.com.");
};

TEST_F(ZoneSettingsTest, WhatIsSetChangesAndAllElseStays) {
  UpdateZoneRequest request;
  request.set_hostmaster("admin");
  request.set_retry(600);
  request.set_minimum(300);
  ASSERT_TRUE(Update(id_, request).ok());
  EXPECT_EQ(SoaFields(), "admin.example.com. 2 7200 600 1209600 300");
  EXPECT_EQ(Get(id_, "@", Type::kSoa).ttl(), 900u);
  EXPECT_EQ(Get(id_, "@", Type::kNs).ttl(), 172800u);
  UpdateZoneRequest rest;
  rest.set_refresh(3600);
  rest.set_expire(604800);
  rest.set_soa_ttl(60);
  rest.set_ns_ttl(3600);
  rest.set_comment("shop");
  ASSERT_TRUE(Update(id_, rest).ok());
  EXPECT_EQ(SoaFields(), "admin.example.com. 3 3600 600 604800 300");
  EXPECT_EQ(Get(id_, "@", Type::kSoa).ttl(), 60u);
  EXPECT_EQ(Get(id_, "@", Type::kNs).ttl(), 3600u);
  EXPECT_EQ(Get(id_, "@", Type::kNs).records().size(), 4u);
  EXPECT_EQ(Row(id_).comment(), "shop");
  EXPECT_EQ(Row(id_).record_sets(), 2u);
}

TEST_F(ZoneSettingsTest, ItIsAChangeAsAny) {
  TakeCommitted();
  UpdateZoneRequest request;
  request.set_ns_ttl(600);
  const auto changed = Update(id_, request);
  ASSERT_TRUE(changed.ok()) << changed.status();
  EXPECT_FALSE(changed->change_id.empty());
  EXPECT_EQ(Row(id_).revision(), 2u);
  EXPECT_EQ(Row(id_).serial(), 2u);
  EXPECT_EQ(SoaSerial(id_), 2u);
  const auto committed = TakeCommitted();
  EXPECT_EQ(committed.back().entry.header().targets_size(), 4);
  // Each key is put once.
  EXPECT_EQ(committed.back().entry.effects(0).zone().puts_size(), 2);
}

TEST_F(ZoneSettingsTest, ACommentAloneMovesTheRevisionButNotTheSerial) {
  UpdateZoneRequest request;
  request.set_comment("shop");
  ASSERT_TRUE(Update(id_, request).ok());
  EXPECT_EQ(Row(id_).comment(), "shop");
  EXPECT_EQ(Row(id_).revision(), 2u);
  EXPECT_EQ(SoaSerial(id_), 1u);
  request.set_comment("");
  ASSERT_TRUE(Update(id_, request).ok());
  EXPECT_EQ(Row(id_).comment(), "");
}

TEST_F(ZoneSettingsTest, ASerialIsTakenAsItIsGiven) {
  UpdateZoneRequest request;
  request.set_serial(2026112601);
  ASSERT_TRUE(Update(id_, request).ok());
  EXPECT_EQ(SoaSerial(id_), 2026112601u);
  EXPECT_EQ(Row(id_).serial(), 2026112601u);
  ASSERT_TRUE(Change(id_, {Create("www", "A", {"192.0.2.1"})}).ok());
  EXPECT_EQ(SoaSerial(id_), 2026112602u);
}

// RFC 1982 §3.2: ahead by less than half the circle.
TEST_F(ZoneSettingsTest, SerialNotAhead) {
  UpdateZoneRequest request;
  for (const uint32_t behind : {1u, 0u, 0x80000001u, 0xffffffffu}) {
    request.set_serial(behind);
    EXPECT_EQ(RulesOfUpdate(request), Strings{"serial-not-ahead"}) << behind;
    EXPECT_EQ(Update(id_, request).status().code(), absl::StatusCode::kFailedPrecondition);
  }
  request.set_serial(0x80000000u);
  ASSERT_TRUE(Update(id_, request).ok());
  request.set_serial(0x7fffffffu);
  EXPECT_EQ(RulesOfUpdate(request), Strings{"serial-not-ahead"});
  // Around the end of the numbers.
  request.set_serial(0xfffffffe);
  ASSERT_TRUE(Update(id_, request).ok());
  request.set_serial(5);
  ASSERT_TRUE(Update(id_, request).ok());
  EXPECT_EQ(SoaSerial(id_), 5u);
}

TEST_F(ZoneSettingsTest, TheSerialWrapsAround) {
  UpdateZoneRequest request;
  for (const uint32_t serial : {0x7fffffffu, 0xfffffffeu}) {
    request.set_serial(serial);
    ASSERT_TRUE(Update(id_, request).ok());
  }
  ASSERT_TRUE(Change(id_, {Upsert("www", "A", {"192.0.2.1"})}).ok());
  EXPECT_EQ(SoaSerial(id_), 0xffffffffu);
  ASSERT_TRUE(Change(id_, {Upsert("www", "A", {"192.0.2.1"})}).ok());
  EXPECT_EQ(SoaSerial(id_), 0u);
  EXPECT_EQ(Row(id_).serial(), 0u);
}

TEST_F(ZoneSettingsTest, ExpireTooShort) {
  UpdateZoneRequest request;
  request.set_expire(7200);
  EXPECT_EQ(RulesOfUpdate(request), Strings{"expire-too-short"});
  request.set_refresh(7199);
  EXPECT_EQ(RulesOfUpdate(request), Strings{"ok"});
  UpdateZoneRequest retry;
  retry.set_retry(7200);
  retry.set_serial(1);
  EXPECT_EQ(RulesOfUpdate(retry), (Strings{"serial-not-ahead", "expire-too-short"}));
}

TEST_F(ZoneSettingsTest, NothingSet) { EXPECT_EQ(RulesOfUpdate({}), Strings{"nothing-set"}); }

TEST_F(ZoneSettingsTest, CommentTooLong) {
  UpdateZoneRequest request;
  request.set_comment(std::string(kMaxZoneComment + 1, 'c'));
  EXPECT_EQ(RulesOfUpdate(request), Strings{"comment-too-long"});
  request.set_comment(std::string(kMaxZoneComment, 'c'));
  EXPECT_EQ(RulesOfUpdate(request), Strings{"ok"});
}

TEST_F(ZoneSettingsTest, BadSoaFieldAndBadTtl) {
  UpdateZoneRequest request;
  request.set_refresh(0);
  request.set_retry(0x80000000);
  request.set_expire(0);
  request.set_minimum(kMaxNegativeTtl + 1);
  request.set_soa_ttl(0x80000000);
  request.set_ns_ttl(kMinNsTtl - 1);
  EXPECT_EQ(RulesOfUpdate(request), (Strings{"bad-soa-field", "bad-soa-field", "bad-soa-field",
                                             "bad-soa-field", "bad-ttl", "bad-ttl"}));
  EXPECT_TRUE(absl::IsInvalidArgument(Update(id_, request).status()));
  UpdateZoneRequest most;
  most.set_minimum(kMaxNegativeTtl);
  most.set_soa_ttl(0x7fffffff);
  most.set_ns_ttl(kMaxNsTtl);
  EXPECT_EQ(RulesOfUpdate(most), Strings{"ok"});
  most.set_ns_ttl(kMaxNsTtl + 1);
  EXPECT_EQ(RulesOfUpdate(most), Strings{"bad-ttl"});
}

TEST_F(ZoneSettingsTest, BadHostmaster) {
  for (const char* wrong : {"", "a..b", ".", "\"quoted\"", "@example.com", "host@", "a@b@c", "h\xc3\xb6st"}) {
    UpdateZoneRequest request;
    request.set_hostmaster(wrong);
    EXPECT_EQ(RulesOfUpdate(request), Strings{"bad-hostmaster"}) << wrong;
  }
}

TEST_F(ZoneSettingsTest, AHostmasterMayBeANameOrAnAddress) {
  UpdateZoneRequest request;
  request.set_hostmaster("Admin.example.net.");
  ASSERT_TRUE(Update(id_, request).ok());
  EXPECT_EQ(SoaFields().substr(0, 19), "Admin.example.net. ");
  EXPECT_EQ(WarnedOf(), Strings{});
  // RFC 1035 §8.
  request.set_hostmaster("first.last@example.net");
  ASSERT_TRUE(Update(id_, request).ok());
  EXPECT_EQ(SoaFields().substr(0, 25), "first\\.last.example.net. ");
  EXPECT_EQ(WarnedOf(), Strings{});
  request.set_hostmaster("hostmaster.example.com");
  ASSERT_TRUE(Update(id_, request).ok());
  EXPECT_EQ(WarnedOf(), Strings{"final-dot-missing example.com."});
}

TEST_F(ZoneSettingsTest, AStaleRevisionChangesNothing) {
  UpdateZoneRequest request;
  request.set_comment("shop");
  request.set_if_revision(2);
  EXPECT_TRUE(absl::IsAborted(Update(id_, request).status()));
  request.set_if_revision(1);
  EXPECT_TRUE(Update(id_, request).ok());
  ASSERT_TRUE(Remove(id_, false).ok());
  EXPECT_TRUE(absl::IsNotFound(Update(id_, request).status()));
}

TEST_F(ZoneSettingsTest, BatchesKeepThem) {
  UpdateZoneRequest request;
  request.set_hostmaster("admin");
  request.set_minimum(60);
  request.set_ns_ttl(600);
  ASSERT_TRUE(Update(id_, request).ok());
  ASSERT_TRUE(Change(id_, {Create("www", "A", {"192.0.2.1"})}).ok());
  EXPECT_EQ(SoaFields(), "admin.example.com. 3 7200 900 1209600 60");
  EXPECT_EQ(Get(id_, "@", Type::kNs).ttl(), 600u);
}

TEST_F(ZoneSettingsTest, TheyAreShown) {
  UpdateZoneRequest request;
  request.set_hostmaster("admin");
  request.set_soa_ttl(60);
  request.set_ns_ttl(600);
  ASSERT_TRUE(Update(id_, request).ok());
  admin::v1::Zone zone;
  ASSERT_TRUE(ShowSettings(store_, Row(id_), zone).ok());
  EXPECT_EQ(zone.soa().hostmaster(), "admin.example.com.");
  EXPECT_EQ(zone.soa().refresh(), 7200u);
  EXPECT_EQ(zone.soa().retry(), 900u);
  EXPECT_EQ(zone.soa().expire(), 1209600u);
  EXPECT_EQ(zone.soa().minimum(), 86400u);
  EXPECT_EQ(zone.soa().ttl(), 60u);
  EXPECT_EQ(zone.ns_ttl(), 600u);
}

}  // namespace
}  // namespace quartet::controller
