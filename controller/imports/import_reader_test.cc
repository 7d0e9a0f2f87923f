#include "controller/imports/import_reader.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <tuple>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/imports/import_fixture.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_import.h"
#include "controller/zones/zone_rules.h"
#include "gtest/gtest.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::controller {
namespace {

using Fault = std::tuple<uint32_t, uint32_t, std::string, std::string, std::string>;

struct Reading {
  // Key, then served part and line.
  std::map<std::string, std::pair<std::string, uint32_t>> sets;
  std::vector<Fault> faults;
  std::vector<std::string> warnings;
  // The text has faults of form.
  bool form = false;
};

std::vector<Fault> Sorted(const FaultList& list) {
  std::vector<Fault> faults;
  const auto message = FaultsOf(list.ToStatus());
  if (!message.has_value()) return faults;
  EXPECT_EQ(message->total(), static_cast<uint32_t>(message->faults_size()));
  for (const auto& fault : message->faults()) {
    faults.emplace_back(fault.line(), fault.column(), fault.rule(), fault.owner(), fault.message());
  }
  std::sort(faults.begin(), faults.end());
  return faults;
}

class ImportReaderTest : public ::testing::Test {
 protected:
  ImportReaderTest() {
    Spool::Limits limits;
    limits.keep_free = 0;
    spool_ = std::move(Spool::Open(absl::StrCat(::testing::TempDir(), "/reader"), limits)).value();
  }

  Reading Read(absl::string_view text, size_t sort_bytes) {
    const auto file = std::move(spool_->Create()).value();
    EXPECT_TRUE(file->Append(text).ok());
    EXPECT_TRUE(file->Flush().ok());
    ScriptedStream nobody({});
    Pulse pulse(nobody);
    const auto read = ReadImportedText(*file, {apex_, "test.zone", sort_bytes, false}, *spool_, pulse);
    EXPECT_TRUE(read.ok()) << read.status();
    Reading out;
    out.faults = Sorted(read->faults);
    for (const auto& warning : read->warnings) out.warnings.push_back(warning.rule());
    std::sort(out.warnings.begin(), out.warnings.end());
    std::string last;
    ImportedSets::Reader sets(*read->sets);
    for (auto more = sets.Next(); more.ok() && *more; more = sets.Next()) {
      const std::string key(sets.set().key);
      EXPECT_LT(last, key);
      last = key;
      out.sets[key] = {std::string(sets.set().served), sets.set().place.line};
    }
    return out;
  }

  // What the small way makes of it.
  Reading ReadSmall(absl::string_view text) {
    FaultList faults;
    google::protobuf::RepeatedPtrField<admin::v1::Fault> warnings;
    Reading out;
    const auto edits = ImportZoneFile(text, "test.zone", apex_, faults, warnings);
    out.form = absl::IsInvalidArgument(faults.ToStatus());
    for (const RecordSetEdit& edit : edits) {
      FaultList own;
      CheckEdit(edit, apex_, own);
      LocateFaults("test.zone", edits, own);
      faults.Add(own);
      if (!own.empty()) continue;
      out.sets[replication::RecordKey(edit.owner, apex_, edit.type)] = {
          replication::EncodeServed(*edit.record_set, apex_), edit.place.line};
    }
    out.faults = Sorted(faults);
    for (const auto& warning : warnings) out.warnings.push_back(warning.rule());
    std::sort(out.warnings.begin(), out.warnings.end());
    return out;
  }

  void ExpectSame(const std::string& text, size_t sort_bytes) {
    const Reading large = Read(text, sort_bytes);
    const Reading small = ReadSmall(text);
    if (small.form) {
      // It looks no further than those.
      EXPECT_TRUE(
          std::includes(large.faults.begin(), large.faults.end(), small.faults.begin(), small.faults.end()))
          << text;
      return;
    }
    EXPECT_EQ(large.faults, small.faults) << text;
    EXPECT_EQ(large.sets, small.sets) << text;
    EXPECT_EQ(large.warnings, small.warnings) << text;
  }

  const dns::Name apex_ = *dns::Name::Parse("example.com.");
  std::unique_ptr<Spool> spool_;
};

TEST_F(ImportReaderTest, ReadsAnyFileAsTheSmallWayDoes) {
  const std::vector<std::string> owners = {"@", "www", "WWW", "a.b", "B", "*.w", "x", "Mail.x", "zz"};
  const std::vector<std::string> data = {
      "A 192.0.2.1",       "A 192.0.2.2",       "A 192.0.2.3",      "TXT hello",
      "TXT \"Hello\"",     "MX 10 mail",        "MX 10 MAIL",       "NS ns.test.",
      "NS NS.test.",       "CNAME target",      "CNAME other",      "DNAME d.test.",
      "SOA a b 1 2 3 4 5", "SOA a b 9 2 3 4 5", "AAAA 2001:db8::1", "DS 1 8 2 " + std::string(64, 'a'),
      "A wrong",           "TYPE99 \\# 2 abcd"};
  for (unsigned seed = 1; seed <= 300; ++seed) {
    std::mt19937 random(seed);
    std::string text = "$TTL 300\n";
    const size_t lines = random() % 40;
    // Most files without the faulty ones, so that sets are compared too.
    const size_t kinds = seed % 4 == 0 ? data.size() : 9;
    for (size_t i = 0; i < lines; ++i) {
      absl::StrAppend(&text, owners[random() % owners.size()], random() % 5 == 0 ? " 60 " : " ",
                      data[random() % kinds], "\n");
    }
    ExpectSame(text, 1 + random() % 2000);
  }
}

TEST_F(ImportReaderTest, ASetTooLargeIsToldOnceAndBoundsMemory) {
  std::string text = "$TTL 300\n";
  for (int i = 0; i < 20'000; ++i)
    absl::StrAppend(&text, "www A 10.", i / 65536, ".", i / 256 % 256, ".", i % 256, "\n");
  const Reading reading = Read(text, 100'000);
  ASSERT_EQ(reading.faults.size(), 1u);
  EXPECT_EQ(std::get<2>(reading.faults[0]), "record-set");
  EXPECT_EQ(std::get<0>(reading.faults[0]), 2u);
  EXPECT_TRUE(reading.sets.empty());
}

TEST_F(ImportReaderTest, AGenerateOfMillionsStopsWhenTheClientGoes) {
  const auto file = std::move(spool_->Create()).value();
  ASSERT_TRUE(file->Append("$TTL 60\n$GENERATE 1-5000000 h$ A 192.0.2.1\n").ok());
  ASSERT_TRUE(file->Flush().ok());
  ScriptedStream stream({});
  stream.Go();
  Pulse pulse(stream);
  const auto read = ReadImportedText(*file, {apex_, "test.zone", 1 << 20}, *spool_, pulse);
  EXPECT_TRUE(absl::IsAborted(read.status()));
  EXPECT_LE(spool_->bytes(), uint64_t{1} << 20);
}

}  // namespace
}  // namespace quartet::controller
