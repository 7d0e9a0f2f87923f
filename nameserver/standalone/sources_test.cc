#include "nameserver/standalone/sources.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "replication/store/test_directory.h"

namespace quartet::nameserver {
namespace {

class SourcesTest : public testing::Test {
 protected:
  SourcesTest() {
    Write("list", "a.test a\nb.test b\n");
    Write("a", "one");
    Write("b", "two");
  }

  void Write(const std::string& name, const std::string& text) { std::ofstream(folder_.Sub(name)) << text; }
  ZoneList List() const {
    dns::FaultLog faults("", 1);
    return ParseZoneList("a.test a\nb.test b\n", Path("list"), faults);
  }
  // After having been stored and read again.
  Sources Look() const {
    const auto sources = Sources::Of(folder_.Sub("list"), List());
    EXPECT_TRUE(sources.ok()) << sources.status();
    return Sources::Decode(sources->Encode()).value();
  }

  std::string Path(const std::string& name) const {
    return std::filesystem::canonical(folder_.path()).string() + "/" + name;
  }

  store::TestDirectory folder_;
};

TEST_F(SourcesTest, NothingChangedWithoutAChange) {
  EXPECT_EQ(Look().WhatChanged(folder_.Sub("list")), "");
  EXPECT_EQ(Look().WhatChanged(folder_.Sub("./list")), "");
}

TEST_F(SourcesTest, AnotherSizeIsAChange) {
  for (const char* name : {"list", "a", "b"}) {
    const Sources before = Look();
    Write(name, "longer than before");
    EXPECT_EQ(before.WhatChanged(Path("list")), Path(name) + " has changed");
  }
}

TEST_F(SourcesTest, AnotherFileOfTheSameSizeIsAChange) {
  const Sources before = Look();
  const auto time = std::filesystem::last_write_time(folder_.Sub("a"));
  Write("new", "eno");
  std::filesystem::last_write_time(folder_.Sub("new"), time);
  std::filesystem::rename(folder_.Sub("new"), folder_.Sub("a"));
  EXPECT_EQ(before.WhatChanged(Path("list")), Path("a") + " has changed");
}

TEST_F(SourcesTest, AMissingFileIsAChange) {
  const Sources before = Look();
  std::filesystem::remove(folder_.Sub("b"));
  EXPECT_NE(before.WhatChanged(folder_.Sub("list")).find("/b: No such file"), std::string::npos);
  EXPECT_FALSE(Sources::Of(folder_.Sub("list"), List()).ok());
}

TEST_F(SourcesTest, AnotherListIsAChange) {
  Write("other", "a.test a\nb.test b\n");
  EXPECT_EQ(Look().WhatChanged(folder_.Sub("other")), "they were read from the list " + Path("list"));
}

TEST_F(SourcesTest, WhatIsCutOffIsDamaged) {
  const std::string bytes = Look().Encode();
  EXPECT_FALSE(Sources::Decode("").ok());
  EXPECT_FALSE(Sources::Decode(bytes.substr(0, bytes.size() - 1)).ok());
  EXPECT_FALSE(Sources::Decode("\x02" + bytes.substr(1)).ok());
}

}  // namespace
}  // namespace quartet::nameserver
