// Synced writes that are gone are missed, whatever happened to the files: opening says so, or everything is there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>

#include "replication/store/rocks_store.h"
#include "replication/store/set_aside.h"
#include "replication/store/test_contents.h"
#include "replication/store/test_directory.h"

namespace quartet::store {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::HasSubstr;

class RocksDamageTest : public ::testing::Test {
 protected:
  // A database with a table, and with synced writes in its write-ahead log; as a kill leaves it.
  void SetUp() override {
    const std::string made = directory_.Sub("made");
    Put(made, 0, 40);
    auto store = OpenRocksStore(made);
    ASSERT_TRUE(store.ok()) << store.status();
    Put(**store, 40, 80);
    CopyAsAfterKill(made, whole_);
  }

  void Put(const std::string& path, int from, int upto) {
    auto store = OpenRocksStore(path);
    ASSERT_TRUE(store.ok()) << store.status();
    Put(**store, from, upto);
  }
  void Put(Store& store, int from, int upto) {
    for (int i = from; i < upto; ++i) {
      contents_.emplace_back("key" + std::to_string(100 + i), std::string(50 + i, 'v'));
      ASSERT_TRUE(store.Write(PutsOf({contents_.back()}), Store::Sync::kYes).ok());
    }
  }

  // Opens a copy that `damage` was done to: an error, or all is there. Returns whether it was an error.
  bool IsFound(const std::function<void(const std::string&)>& damage) {
    const std::string copy = directory_.Sub("copy" + std::to_string(++copies_));
    fs::copy(whole_, copy, fs::copy_options::recursive);
    damage(copy);
    const auto store = OpenRocksStore(copy);
    if (!store.ok()) {
      EXPECT_EQ(store.status().code(), absl::StatusCode::kDataLoss) << store.status();
      EXPECT_THAT(std::string(store.status().message()), HasSubstr(copy));
      // Nor does it open at the second try.
      EXPECT_FALSE(OpenRocksStore(copy).ok());
      return true;
    }
    const auto walk = (*store)->Scan("", "");
    Contents seen;
    for (; walk->Valid(); walk->Next()) seen.emplace_back(walk->key(), walk->value());
    if (!walk->status().ok()) return true;
    EXPECT_EQ(seen, contents_) << "synced writes are gone or others, and nothing said so";
    return false;
  }

  std::string Newest(const std::string& path, const std::string& part) {
    std::vector<std::string> found;
    for (const auto& file : fs::directory_iterator(path)) {
      if (file.path().filename().string().find(part) != std::string::npos)
        found.push_back(file.path().string());
    }
    EXPECT_FALSE(found.empty()) << part;
    return *std::max_element(found.begin(), found.end());
  }

  TestDirectory directory_;
  const std::string whole_ = directory_.Sub("whole");
  Contents contents_;
  int copies_ = 0;
};

TEST_F(RocksDamageTest, WithoutDamageAllIsThere) {
  EXPECT_FALSE(IsFound([](const std::string&) {}));
}

TEST_F(RocksDamageTest, EveryByteOfALogsHeadersIsWatched) {
  // Each flip of a bit in a length, the first bytes of the file among them.
  for (int byte = 0; byte < 40; ++byte) {
    EXPECT_TRUE(IsFound([&](const std::string& copy) {
      const std::string log = Newest(copy, ".log");
      std::string bytes = ReadFile(log);
      bytes[byte] ^= static_cast<char>(1 << (byte % 8));
      WriteFile(log, bytes);
    })) << byte;
  }
}

TEST_F(RocksDamageTest, RandomFlipsInLogAndManifestAreFound) {
  std::mt19937 random(7);
  for (const char* part : {".log", "MANIFEST-"}) {
    for (int i = 0; i < 40; ++i) {
      EXPECT_TRUE(IsFound([&](const std::string& copy) {
        const std::string file = Newest(copy, part);
        std::string bytes = ReadFile(file);
        bytes[random() % bytes.size()] ^= static_cast<char>(1 << random() % 8);
        WriteFile(file, bytes);
      })) << part;
    }
  }
}

TEST_F(RocksDamageTest, ALogOrManifestCutAnywhereIsFound) {
  std::mt19937 random(7);
  for (const char* part : {".log", "MANIFEST-"}) {
    for (int i = 0; i < 30; ++i) {
      EXPECT_TRUE(IsFound([&](const std::string& copy) {
        const std::string file = Newest(copy, part);
        fs::resize_file(file, random() % fs::file_size(file));
      })) << part;
    }
  }
}

// What RocksDB does not need to be right may be wrong; all else is told, at the latest when it is read.
TEST_F(RocksDamageTest, DamageInAnyOtherFileIsFoundOrDoesNoHarm) {
  std::mt19937 random(11);
  std::map<std::string, int> found;
  for (const char* part : {".sst", "CURRENT", "OPTIONS-", "IDENTITY", "SYNCED"}) {
    for (int i = 0; i < 40; ++i) {
      found[part] += static_cast<int>(IsFound([&](const std::string& copy) {
        const std::string file = Newest(copy, part);
        std::string bytes = ReadFile(file);
        const size_t at = random() % bytes.size();
        if (i % 4 == 0) {
          bytes.resize(at);
        } else {
          bytes[at] ^= static_cast<char>(1 << random() % 8);
        }
        WriteFile(file, bytes);
      }));
    }
  }
  EXPECT_GT(found[".sst"], 10);
  EXPECT_GT(found["CURRENT"], 30);
}

TEST_F(RocksDamageTest, AnyMissingFileIsFoundOrDoesNoHarm) {
  for (const char* part : {".sst", "CURRENT", "MANIFEST-"}) {
    EXPECT_TRUE(IsFound([&](const std::string& copy) { fs::remove(Newest(copy, part)); })) << part;
  }
  for (const char* part : {"OPTIONS-", "IDENTITY"}) {
    EXPECT_FALSE(IsFound([&](const std::string& copy) { fs::remove(Newest(copy, part)); })) << part;
  }
}

TEST_F(RocksDamageTest, AMissingLogIsFound) {
  EXPECT_TRUE(IsFound([&](const std::string& copy) { fs::remove(Newest(copy, ".log")); }));
}

TEST_F(RocksDamageTest, WhatWasNeverSyncedMayBeCutShort) {
  EXPECT_FALSE(IsFound([&](const std::string& copy) {
    const std::string log = Newest(copy, ".log");
    // The beginning of a record that was never finished.
    WriteFile(log, ReadFile(log) + std::string("\1\2\3\4\xff\x01\x01half", 11));
  }));
}

TEST_F(RocksDamageTest, WithoutANoteOrWithADamagedOneItOpensAsEver) {
  EXPECT_FALSE(IsFound([](const std::string& copy) { fs::remove(copy + "/SYNCED"); }));
  EXPECT_FALSE(IsFound([](const std::string& copy) {
    std::string bytes = ReadFile(copy + "/SYNCED");
    bytes[3] ^= 1;
    WriteFile(copy + "/SYNCED", bytes);
  }));
}

TEST_F(RocksDamageTest, ASetAsideDatabaseMakesRoomForANewOneAndIsKept) {
  ASSERT_TRUE(SetAside(whole_, 1000).ok());
  const absl::StatusOr<std::string> first = SetAside(whole_, 1000);
  ASSERT_TRUE(first.ok()) << first.status();
  {
    auto store = OpenRocksStore(whole_);
    ASSERT_TRUE(store.ok()) << store.status();
    EXPECT_TRUE(ScanAll(**store).empty());
    EXPECT_FALSE(SetAside(whole_, 2000).ok()) << "it is open";
  }
  const absl::StatusOr<std::string> second = SetAside(whole_, 2000);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(*second, whole_ + "/damaged-2000");
  EXPECT_FALSE(fs::exists(whole_ + "/damaged-1000")) << "only one is kept";
  EXPECT_TRUE(OpenRocksStore(*second).ok());
}

}  // namespace
}  // namespace quartet::store
