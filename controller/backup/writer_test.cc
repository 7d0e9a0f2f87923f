#include "controller/backup/writer.h"

#include <gmock/gmock.h>

#include <filesystem>
#include <memory>
#include <string>

#include "controller/backup/sha256.h"
#include "replication/store/test_directory.h"

namespace quartet::controller {
namespace {

using admin::v1::BackupPart;
using ::testing::HasSubstr;

class BackupWriterTest : public ::testing::Test {
 protected:
  BackupWriterTest() { writer_ = std::move(BackupWriter::Create(Path())).value(); }

  std::string Path() const { return directory_.Sub("backup"); }

  static BackupPart Start() {
    BackupPart part;
    part.mutable_start()->set_controller("c-1");
    part.mutable_start()->set_bytes(5);
    part.mutable_start()->mutable_entries_after()->set_chain(std::string(16, 'c'));
    return part;
  }
  static BackupPart File(const std::string& name, uint64_t bytes) {
    BackupPart part;
    part.mutable_file()->set_name(name);
    part.mutable_file()->set_bytes(bytes);
    return part;
  }
  static BackupPart Data(const std::string& data) {
    BackupPart part;
    part.set_data(data);
    return part;
  }
  static BackupPart Hash(const std::string& of) {
    BackupPart part;
    part.set_file_sha256(Sha256Of(of));
    return part;
  }
  static BackupPart End() {
    BackupPart part;
    part.mutable_end()->mutable_head()->set_chain(std::string(16, 'c'));
    part.mutable_end()->set_entries_sha256(Sha256Of(""));
    return part;
  }

  void Refuses(const BackupPart& part, const std::string& why) {
    const absl::Status status = writer_->Take(part);
    EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(why));
  }

  store::TestDirectory directory_;
  std::unique_ptr<BackupWriter> writer_;
};

TEST_F(BackupWriterTest, WritesFilesAsTheyCome) {
  for (const BackupPart& part : {Start(), File("A.sst", 5), Data("ab"), Data("cde"), Hash("abcde"), End()})
    ASSERT_TRUE(writer_->Take(part).ok()) << writer_->Take(part);
  EXPECT_EQ(writer_->bytes(), 5u);
  EXPECT_EQ(writer_->bytes_total(), 5u);
  EXPECT_FALSE(std::filesystem::exists(Path() + "/MANIFEST"));
  ASSERT_TRUE(writer_->Finish().ok());
  writer_.reset();
  EXPECT_EQ(store::ReadFile(Path() + "/checkpoint/A.sst"), "abcde");
  EXPECT_TRUE(std::filesystem::exists(Path() + "/MANIFEST"));
  EXPECT_EQ(std::filesystem::status(Path()).permissions(), std::filesystem::perms::owner_all);
}

TEST_F(BackupWriterTest, WithoutAnEndNothingStays) {
  ASSERT_TRUE(writer_->Take(Start()).ok());
  EXPECT_EQ(writer_->Finish().status().code(), absl::StatusCode::kDataLoss);
  writer_.reset();
  EXPECT_FALSE(std::filesystem::exists(Path()));
}

TEST_F(BackupWriterTest, IsNotWrittenOverAnything) {
  EXPECT_EQ(BackupWriter::Create(Path()).status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(std::filesystem::exists(Path()));
  EXPECT_EQ(BackupWriter::Create(directory_.Sub("no/parent")).status().code(), absl::StatusCode::kNotFound);
}

TEST_F(BackupWriterTest, PartsHaveAnOrder) {
  Refuses(Data("a"), "a start");
  ASSERT_TRUE(writer_->Take(Start()).ok());
  Refuses(Start(), "a start");
  Refuses(Data("a"), "bytes of no file");
  Refuses(Hash(""), "the end of no file");
  ASSERT_TRUE(writer_->Take(File("A", 2)).ok());
  Refuses(File("B", 2), "a file within another");
  Refuses(End(), "an end within a file");
  Refuses(Hash(""), "too early");
  Refuses(Data("abc"), "more than it has");
  Refuses(BackupPart(), "no kind");
}

TEST_F(BackupWriterTest, NamesStayInTheDirectory) {
  ASSERT_TRUE(writer_->Take(Start()).ok());
  for (const char* name : {"", ".", "..", "../A", "a/b", "A\n"}) Refuses(File(name, 1), "bad name");
  ASSERT_TRUE(writer_->Take(File("A", 0)).ok());
  ASSERT_TRUE(writer_->Take(Hash("")).ok());
  Refuses(File("A", 0), "that of another");
}

TEST_F(BackupWriterTest, BytesThatChangedOnTheirWayAreSeen) {
  ASSERT_TRUE(writer_->Take(Start()).ok());
  ASSERT_TRUE(writer_->Take(File("A", 1)).ok());
  ASSERT_TRUE(writer_->Take(Data("x")).ok());
  EXPECT_EQ(writer_->Take(Hash("y")).code(), absl::StatusCode::kDataLoss);
  BackupPart end = End();
  end.mutable_end()->set_entries_sha256(Sha256Of("other"));
  EXPECT_EQ(writer_->Take(end).code(), absl::StatusCode::kInvalidArgument);
}

}  // namespace
}  // namespace quartet::controller
