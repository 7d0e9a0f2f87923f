#include "controller/backup/manifest.h"

#include <gmock/gmock.h>

#include <string>

#include "controller/backup/entries.h"
#include "controller/backup/sha256.h"
#include "replication/base/format_examples.h"
#include "replication/store/test_directory.h"

namespace quartet::controller {
namespace {

using replication::FormatExample;
using replication::FormatText;
using ::testing::HasSubstr;

Manifest Example() {
  Manifest manifest;
  manifest.controller = "controller-1";
  manifest.version = "0.1.0";
  manifest.begin_us = 1'764'104'400'000'000;
  manifest.end_us = 1'764'104'402'500'000;
  manifest.after = {uint64_t{1'731'000'000} << 24 | 0xa1b2c3, 40, {}};
  manifest.after.chain.fill(0xc0);
  manifest.head = manifest.after;
  manifest.head.index = 42;
  manifest.head.chain.fill(0xd0);
  manifest.term = 3;
  manifest.entry_count = 2;
  manifest.entries = {711, Sha256Of("entries")};
  manifest.files = {{"000012.sst", {1'048'576, Sha256Of("table")}}, {"CURRENT", {16, Sha256Of("current")}}};
  return manifest;
}

std::string Refusal(const std::string& text, absl::StatusCode code = absl::StatusCode::kDataLoss) {
  const absl::StatusOr<Manifest> manifest = ReadManifest(text);
  EXPECT_EQ(manifest.status().code(), code) << manifest.status();
  return std::string(manifest.status().message());
}

std::string Sealed(const std::string& lines) {
  const std::string hash = Sha256Of(lines);
  std::string hex;
  for (const unsigned char byte : hash) {
    hex += "0123456789abcdef"[byte >> 4];
    hex += "0123456789abcdef"[byte & 15];
  }
  return lines + "sha256: " + hex + "\n";
}

TEST(ManifestTest, IsWhatItsPageSays) {
  const std::string example = FormatText("backup.md", "manifest");
  EXPECT_EQ(*WriteManifest(Example()), example);
  const absl::StatusOr<Manifest> read = ReadManifest(example);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(read->controller, "controller-1");
  EXPECT_EQ(read->version, "0.1.0");
  EXPECT_EQ(read->begin_us, Example().begin_us);
  EXPECT_EQ(read->end_us, Example().end_us);
  EXPECT_EQ(read->after, Example().after);
  EXPECT_EQ(read->head, Example().head);
  EXPECT_EQ(read->term, 3u);
  EXPECT_EQ(read->entry_count, 2u);
  EXPECT_EQ(read->entries.bytes, 711u);
  ASSERT_EQ(read->files.size(), 2u);
  EXPECT_EQ(read->files[0].name, "000012.sst");
  EXPECT_EQ(read->files[0].contents.bytes, 1'048'576u);
  EXPECT_EQ(read->files[0].contents.sha256, Sha256Of("table"));
}

TEST(ManifestTest, EveryBitCounts) {
  const std::string text = *WriteManifest(Example());
  for (size_t at = 0; at < text.size(); ++at) {
    std::string damaged = text;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    EXPECT_FALSE(ReadManifest(damaged).ok()) << at;
    EXPECT_FALSE(ReadManifest(text.substr(0, at)).ok()) << at;
  }
  EXPECT_FALSE(ReadManifest(text + "\n").ok());
}

TEST(ManifestTest, WhatIsNoneIsSaidToBe) {
  EXPECT_THAT(Refusal(""), HasSubstr("its end is missing"));
  EXPECT_THAT(Refusal(Sealed("another file\n")), HasSubstr("it is none of a backup"));
  EXPECT_THAT(Refusal(Sealed("quartet backup 2\nmore: 1\n"), absl::StatusCode::kUnimplemented),
              HasSubstr("of a newer format (quartet backup 2)"));
  EXPECT_THAT(Refusal(Sealed("quartet backup 1\n")), HasSubstr("no line controller"));
}

TEST(ManifestTest, LinesAreWhereTheyBelong) {
  const std::string text = *WriteManifest(Example());
  const std::string lines = text.substr(0, text.rfind("sha256: "));
  EXPECT_EQ(Sealed(lines), text);
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = lines;
    const size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return Sealed(changed.replace(at, from.size(), to));
  };
  EXPECT_THAT(Refusal(with("term: 3\n", "")), HasSubstr("no line term"));
  EXPECT_THAT(Refusal(with("term: 3", "term: x")), HasSubstr("line term"));
  EXPECT_THAT(Refusal(with("c0c0", "c0")), HasSubstr("line after"));
  EXPECT_THAT(Refusal(with("entries: 2", "entries: -2")), HasSubstr("line entries"));
  EXPECT_THAT(Refusal(with(" CURRENT", " ../CURRENT")), HasSubstr("name of a file"));
  EXPECT_THAT(Refusal(with(" CURRENT", " 000012.sst")), HasSubstr("name of a file"));
  EXPECT_THAT(Refusal(with("file: 16 ", "file: 16 0")), HasSubstr("checksum in it is none"));
  EXPECT_THAT(Refusal(Sealed(lines + "more: 1\n")), HasSubstr("none of its format"));
}

TEST(ManifestTest, TextIsOneLine) {
  Manifest manifest = Example();
  manifest.controller = "c\nterm: 9";
  EXPECT_EQ(WriteManifest(manifest).status().code(), absl::StatusCode::kInvalidArgument);
}

TEST(ManifestTest, FilesHaveNamesOfTheirOwn) {
  for (const char* name : {"000012.sst", "MANIFEST-000004", "CURRENT", "a_b"})
    EXPECT_TRUE(IsFileName(name)) << name;
  for (const char* name : {"", ".", "..", "a/b", "a b", "a\n"}) EXPECT_FALSE(IsFileName(name)) << name;
  EXPECT_FALSE(IsFileName(std::string(256, 'a')));
}

class EntriesTest : public ::testing::Test {
 protected:
  absl::Status Read(const std::string& bytes) {
    store::WriteFile(directory_.Sub("entries"), bytes);
    absl::StatusOr<OldFile> file = OldFile::Open(directory_.Sub("entries"));
    if (!file.ok()) return file.status();
    EntriesReader entries(*std::move(file), {1, 0, {}});
    for (;;) {
      const auto entry = entries.Next();
      if (!entry.ok()) return entry.status();
      if (!entry->has_value()) return absl::OkStatus();
    }
  }

  store::TestDirectory directory_;
};

TEST_F(EntriesTest, FrameIsWhatItsPageSays) {
  std::string framed;
  FrameEntry("entry", framed);
  FrameEntry("", framed);
  EXPECT_EQ(framed, FormatExample("backup.md", "entries"));
}

TEST_F(EntriesTest, WhatIsCutShortOrNoEntryIsDamage) {
  EXPECT_TRUE(Read("").ok());
  EXPECT_THAT(std::string(Read(std::string("\0\0", 2)).message()), HasSubstr("cut short"));
  EXPECT_THAT(std::string(Read(std::string("\0\0\0\5abc", 7)).message()), HasSubstr("cut short"));
  EXPECT_THAT(std::string(Read(std::string("\x7f\0\0\5abc", 7)).message()), HasSubstr("longer than any"));
  EXPECT_EQ(Read(std::string("\0\0\0\3abc", 7)).code(), absl::StatusCode::kDataLoss);
}

}  // namespace
}  // namespace quartet::controller
