#include "controller/imports/spool.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

Spool::Limits Limits(uint64_t bytes) {
  Spool::Limits limits;
  limits.bytes = bytes;
  limits.keep_free = 0;
  return limits;
}

std::string Directory(absl::string_view name) { return absl::StrCat(::testing::TempDir(), "/", name); }

TEST(Spool, GivesBackWhatWasAppended) {
  const auto spool = std::move(Spool::Open(Directory("back"), Limits(1 << 30))).value();
  const auto file = std::move(spool->Create()).value();
  std::string all;
  for (int i = 0; i < 50'000; ++i) {
    const std::string piece = absl::StrCat("piece ", i, ";");
    ASSERT_TRUE(file->Append(piece).ok());
    all += piece;
  }
  ASSERT_TRUE(file->Flush().ok());
  EXPECT_EQ(file->size(), all.size());
  SpoolReader reader(*file, 0, file->size());
  std::string read;
  for (size_t step = 1; read.size() < all.size(); step = step * 7 % 100'003) {
    const auto piece = reader.Read(std::min(step, all.size() - read.size()));
    ASSERT_TRUE(piece.ok()) << piece.status();
    read.append(piece->data(), piece->size());
  }
  EXPECT_TRUE(reader.AtEnd());
  EXPECT_EQ(read, all);
  EXPECT_TRUE(absl::IsDataLoss(reader.Read(1).status()));
}

TEST(Spool, ShowsAFileAsOneTextAfterPartsWereReleased) {
  const auto spool = std::move(Spool::Open(Directory("text"), Limits(1 << 30))).value();
  const auto file = std::move(spool->Create()).value();
  std::string all;
  for (int i = 0; all.size() < (5 << 20); ++i) all += absl::StrCat("line ", i, "\n");
  ASSERT_TRUE(file->Append(all).ok());
  ASSERT_TRUE(file->Flush().ok());
  const auto text = std::move(SpoolText::Of(*file)).value();
  EXPECT_EQ(text->text(), all);
  text->Release(4 << 20);
  EXPECT_EQ(text->text(), all);
}

TEST(Spool, AnEmptyFileIsAnEmptyText) {
  const auto spool = std::move(Spool::Open(Directory("empty"), Limits(1 << 20))).value();
  const auto file = std::move(spool->Create()).value();
  EXPECT_EQ(std::move(SpoolText::Of(*file)).value()->text(), "");
  EXPECT_TRUE(SpoolReader(*file, 0, 0).AtEnd());
}

TEST(Spool, IsBoundedOverAllFilesUntilTheyAreClosed) {
  const auto spool = std::move(Spool::Open(Directory("bounded"), Limits(3 << 20))).value();
  auto one = std::move(spool->Create()).value();
  const auto two = std::move(spool->Create()).value();
  const std::string mebibyte(1 << 20, 'x');
  ASSERT_TRUE(one->Append(mebibyte).ok());
  ASSERT_TRUE(one->Append(mebibyte).ok());
  ASSERT_TRUE(two->Append(mebibyte).ok());
  const absl::Status full = two->Append(mebibyte);
  EXPECT_TRUE(absl::IsResourceExhausted(full)) << full;
  EXPECT_EQ(spool->bytes(), uint64_t{3} << 20);
  one.reset();
  EXPECT_TRUE(two->Append(mebibyte).ok());
}

TEST(Spool, LeavesTheDiskSomeRoom) {
  Spool::Limits limits = Limits(1 << 30);
  limits.keep_free = uint64_t{1} << 60;
  const auto spool = std::move(Spool::Open(Directory("room"), limits)).value();
  const auto file = std::move(spool->Create()).value();
  const absl::Status full = file->Append(std::string(1 << 20, 'x'));
  EXPECT_TRUE(absl::IsResourceExhausted(full)) << full;
  EXPECT_EQ(spool->bytes(), 0u);
}

TEST(Spool, ItsFilesHaveNoNames) {
  const std::string directory = Directory("nameless");
  const auto spool = std::move(Spool::Open(directory, Limits(1 << 20))).value();
  const auto file = std::move(spool->Create()).value();
  ASSERT_TRUE(file->Append("x").ok());
  ASSERT_TRUE(file->Flush().ok());
  EXPECT_TRUE(std::filesystem::is_empty(directory));
}

TEST(Spool, RemovesWhatACrashLeft) {
  const std::string directory = Directory("left");
  std::filesystem::create_directory(directory);
  std::ofstream(directory + "/text-abcdef") << "left over";
  std::ofstream(directory + "/other") << "somebody's";
  ASSERT_TRUE(Spool::Open(directory, Limits(1)).ok());
  EXPECT_FALSE(std::filesystem::exists(directory + "/text-abcdef"));
  EXPECT_TRUE(std::filesystem::exists(directory + "/other"));
}

TEST(Spool, SaysWhereItCanNotBe) {
  const auto spool = Spool::Open("/proc/nowhere/imports", Limits(1));
  EXPECT_TRUE(absl::IsUnavailable(spool.status()));
  EXPECT_NE(spool.status().message().find("/proc/nowhere/imports"), absl::string_view::npos);
}

}  // namespace
}  // namespace quartet::controller
