#include "nameserver/standalone/zone_source.h"

#include <gtest/gtest.h>

#include <fstream>

#include "absl/strings/str_cat.h"
#include "nameserver/standalone/zone_file.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"
#include "replication/store/test_directory.h"

namespace quartet::nameserver {
namespace {

constexpr char kHead[] = "$TTL 300\n@ SOA ns1 hostmaster 1 7200 900 1209600 300\n@ NS ns1\n";

class CountingRandom : public replication::Random {
 public:
  uint64_t Next() override { return ++next_; }

 private:
  uint64_t next_ = 0;
};

class ZoneSourceTest : public testing::Test {
 protected:
  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_.Sub(name)) << text; }

  absl::Status Read(const std::string& list) {
    dns::FaultLog none("", 1);
    const ZoneList parsed = ParseZoneList(list, folder_.Sub("list"), none);
    EXPECT_EQ(none.total(), 0U);
    ZoneReceiver receiver;
    receiver.on_zone = [&](const dns::Name& apex, const std::vector<ZoneRecord>& records) {
      zones_.push_back(apex.ToString());
      for (const ZoneRecord& record : records) Show(apex, record);
      return on_zone_;
    };
    receiver.on_fault = [&](const dns::Fault& fault) {
      faults_.push_back(absl::StrCat(fault.line, ":", fault.column, " ", fault.rule));
    };
    receiver.on_warning = [&](const dns::Fault& warning) {
      warnings_.push_back(absl::StrCat(warning.line, " ", warning.rule, " ", warning.owner));
    };
    receiver.on_progress = [&](size_t zones) { progress_ = zones; };
    CountingRandom random;
    return ReadZones(parsed, receiver, random);
  }

  void Show(const dns::Name& apex, const ZoneRecord& record) {
    const auto set = replication::DecodeServed(record.key, record.served, apex);
    ASSERT_TRUE(set.ok()) << set.status();
    for (const dns::RecordData& data : set->records()) {
      records_.push_back(absl::StrCat(set->owner().ToString(), " ", data.ToString()));
    }
  }

  using Lines = std::vector<std::string>;
  store::TestDirectory folder_;
  absl::Status on_zone_;
  Lines zones_;
  Lines records_;
  Lines faults_;
  Lines warnings_;
  size_t progress_ = 0;
};

TEST_F(ZoneSourceTest, OneFileServesManyNames) {
  Write("z", absl::StrCat(kHead, "ns1 A 192.0.2.1\n"));
  ASSERT_TRUE(Read("a.test z\nB.test z\n").ok());
  EXPECT_EQ(records_,
            (Lines{"a.test. ns1.a.test.", "a.test. ns1.a.test. hostmaster.a.test. 1 7200 900 1209600 300",
                   "ns1.a.test. 192.0.2.1",  //
                   "b.test. ns1.B.test.", "b.test. ns1.B.test. hostmaster.B.test. 1 7200 900 1209600 300",
                   "ns1.b.test. 192.0.2.1"}));
  EXPECT_EQ(progress_, 2U);
}

TEST_F(ZoneSourceTest, AFileWithAbsoluteOwnersIsOfOneName) {
  Write("z", absl::StrCat("$ORIGIN a.test.\n", kHead));
  EXPECT_TRUE(Read("a.test z\n").ok());
  const absl::Status two = Read("a.test z\nb.test z\n");
  EXPECT_EQ(two.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(faults_, (Lines{"3:1 owner-outside-zone", "4:1 owner-outside-zone"}));
}

TEST_F(ZoneSourceTest, WhatIsTooLongUnderOneNameIsAFaultThere) {
  const std::string label(63, 'l');
  Write("z", absl::StrCat(kHead, "@ MX 1 ", label, ".", label, ".", label, "\n"));
  EXPECT_FALSE(Read(absl::StrCat("a.test z\n", label, ".test z\n")).ok());
  EXPECT_EQ(zones_, Lines{"a.test."});
  EXPECT_EQ(faults_, Lines{"4:8 record-data"});
}

TEST_F(ZoneSourceTest, AllFaultsOfAllFilesAreToldOnce) {
  Write("x", absl::StrCat(kHead, "a A 192.0.2.256\nb MX x\n"));
  Write("y", absl::StrCat(kHead, "a A 192.0.2.300\n"));
  Write("good", kHead);
  const absl::Status status = Read("a.test good\nb.test x\nc.test x\nd.test y\ne.test good2\nf.test good\n");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(status.message(), "4 faults in the zone files");
  EXPECT_EQ(faults_, (Lines{"4:5 record-data", "5:6 record-data", "4:5 record-data", "0:0 file"}));
  EXPECT_EQ(zones_, (Lines{"a.test.", "f.test."}));
}

TEST_F(ZoneSourceTest, ZonesNeedSoaAndNs) {
  Write("z", "$TTL 60\n@ A 192.0.2.1\n");
  EXPECT_FALSE(Read("a.test z\n").ok());
  EXPECT_EQ(faults_, (Lines{"1:1 soa-missing", "1:1 apex-ns-missing"}));
}

TEST_F(ZoneSourceTest, ACnameStandsAlone) {
  Write("z", absl::StrCat(
                 kHead, "c CNAME x\nc CNAME y\nd A 192.0.2.1\nd CNAME x\ne DNAME x\ne DNAME y\n@ CNAME z\n"));
  EXPECT_FALSE(Read("a.test z\n").ok());
  EXPECT_EQ(faults_, (Lines{"4:1 many-cnames", "8:1 many-dnames", "10:1 cname-beside-other-types",
                            "7:1 cname-beside-other-types"}));
}

TEST_F(ZoneSourceTest, SignaturesAndProofsAreLeftOutAndToldOfOnce) {
  Write("z",
        absl::StrCat(
            kHead,
            "c CNAME x\nc NSEC d CNAME NSEC\nc RRSIG CNAME 8 2 60 20300101000000 20200101000000 1 @ AA==\n"));
  ASSERT_TRUE(Read("a.test z\nb.test z\n").ok());
  EXPECT_EQ(records_.size(), 6U);
  EXPECT_EQ(warnings_, (Lines{"5 not-served c.<zone>.", "0 more "}));
}

TEST_F(ZoneSourceTest, WhatTheReceiverSaysEndsIt) {
  Write("z", kHead);
  on_zone_ = absl::CancelledError("stop");
  EXPECT_EQ(Read("a.test z\nb.test z\n"), on_zone_);
  EXPECT_EQ(zones_.size(), 1U);
}

TEST_F(ZoneSourceTest, AFolderIsNoFile) {
  EXPECT_FALSE(Read("a.test .\n").ok());
  EXPECT_EQ(faults_, Lines{"0:0 file"});
}

}  // namespace
}  // namespace quartet::nameserver
