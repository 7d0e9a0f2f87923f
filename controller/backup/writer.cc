#include "controller/backup/writer.h"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

using admin::v1::BackupPart;

absl::Status Broken(absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat("what the controller sends is no backup: ", what));
}

bool ReadPosition(const admin::v1::LogPosition& message, replication::Position& position) {
  if (message.chain().size() != position.chain.size()) return false;
  position.epoch = message.epoch();
  position.index = message.index();
  std::copy(message.chain().begin(), message.chain().end(), position.chain.begin());
  return true;
}

int64_t Micros(const google::protobuf::Timestamp& time) {
  return time.seconds() * 1'000'000 + time.nanos() / 1000;
}

}  // namespace

absl::StatusOr<std::unique_ptr<BackupWriter>> BackupWriter::Create(const std::string& directory) {
  absl::Status made = MakeDirectory(directory);
  if (absl::IsAlreadyExists(made)) {
    return absl::AlreadyExistsError(
        absl::StrCat("there is something at ", directory, " already: name a directory that is to be made"));
  }
  if (!made.ok()) return made;
  std::unique_ptr<BackupWriter> writer(new BackupWriter(directory));
  made = MakeDirectory(absl::StrCat(directory, "/", kCheckpointFolder));
  if (!made.ok()) return made;
  absl::StatusOr<NewFile> entries = NewFile::Create(absl::StrCat(directory, "/", kEntriesFile));
  if (!entries.ok()) return entries.status();
  writer->entries_.emplace(*std::move(entries));
  return writer;
}

BackupWriter::~BackupWriter() {
  if (finished_) return;
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

absl::Status BackupWriter::Take(const BackupPart& part) {
  if (ended_) return Broken("something behind its end");
  if (started_ == part.has_start()) return Broken("a start where none belongs, or none where it does");
  switch (part.part_case()) {
    case BackupPart::kStart:
      return Start(part.start());
    case BackupPart::kFile:
      return BeginFile(part.file());
    case BackupPart::kData:
      return Data(part.data());
    case BackupPart::kFileSha256:
      return EndFile(part.file_sha256());
    case BackupPart::kEntries:
      return Entries(part.entries());
    case BackupPart::kEnd:
      return End(part.end());
    case BackupPart::PART_NOT_SET:
      break;
  }
  return Broken("a part of no kind that is known here");
}

absl::Status BackupWriter::Start(const admin::v1::BackupStart& start) {
  started_ = true;
  manifest_.controller = start.controller();
  manifest_.version = start.version();
  manifest_.begin_us = Micros(start.begin_time());
  bytes_total_ = start.bytes();
  return ReadPosition(start.entries_after(), manifest_.after) ? absl::OkStatus() : Broken("a bad position");
}

absl::Status BackupWriter::BeginFile(const admin::v1::BackupFile& file) {
  if (file_.has_value()) return Broken("a file within another");
  if (!IsFileName(file.name()) || !names_.insert(file.name()).second || names_.size() > kMaxBackupFiles)
    return Broken("a file with a bad name, or with that of another, or too many of them");
  absl::StatusOr<NewFile> opened =
      NewFile::Create(absl::StrCat(directory_, "/", kCheckpointFolder, "/", file.name()));
  if (!opened.ok()) return opened.status();
  file_.emplace(*std::move(opened));
  file_left_ = file.bytes();
  manifest_.files.push_back({file.name(), {file.bytes(), ""}});
  return absl::OkStatus();
}

absl::Status BackupWriter::Data(const std::string& data) {
  if (!file_.has_value() || data.size() > file_left_) return Broken("bytes of no file, or more than it has");
  file_left_ -= data.size();
  bytes_ += data.size();
  file_hash_.Add(data);
  return file_->Write(data);
}

absl::Status BackupWriter::EndFile(const std::string& sha256) {
  if (!file_.has_value() || file_left_ > 0) return Broken("the end of no file, or too early");
  Manifest::File& file = manifest_.files.back();
  file.contents.sha256 = file_hash_.Finish();
  if (file.contents.sha256 != sha256)
    return absl::DataLossError(
        absl::StrCat(file.name, " came otherwise than it was read: its checksum differs"));
  absl::Status synced = file_->Sync();
  file_.reset();
  return synced;
}

absl::Status BackupWriter::Entries(const std::string& entries) {
  if (file_.has_value()) return Broken("entries within a file");
  manifest_.entries.bytes += entries.size();
  entries_hash_.Add(entries);
  return entries_->Write(entries);
}

absl::Status BackupWriter::End(const admin::v1::BackupEnd& end) {
  if (file_.has_value()) return Broken("an end within a file");
  if (!ReadPosition(end.head(), manifest_.head)) return Broken("a bad position");
  manifest_.entries.sha256 = entries_hash_.Finish();
  if (manifest_.entries.sha256 != end.entries_sha256())
    return absl::DataLossError("the entries came otherwise than they were read: their checksum differs");
  manifest_.term = end.term();
  manifest_.end_us = Micros(end.end_time());
  manifest_.entry_count = end.entries();
  ended_ = true;
  return absl::OkStatus();
}

absl::StatusOr<Manifest> BackupWriter::Finish() {
  if (!ended_) return absl::DataLossError("the backup has no end: it was not sent whole");
  absl::Status status = entries_->Sync();
  if (status.ok()) status = SyncDirectory(absl::StrCat(directory_, "/", kCheckpointFolder));
  if (status.ok()) status = WriteManifestFile();
  if (status.ok()) status = SyncDirectory(directory_);
  if (status.ok()) status = SyncDirectory(ParentOf(directory_));
  if (!status.ok()) return status;
  finished_ = true;
  return manifest_;
}

// Last, and under its name only once it is whole: a directory without it is no backup.
absl::Status BackupWriter::WriteManifestFile() {
  const absl::StatusOr<std::string> text = WriteManifest(manifest_);
  if (!text.ok()) return text.status();
  const std::string path = absl::StrCat(directory_, "/", kManifestFile);
  const std::string partial = path + ".partial";
  absl::StatusOr<NewFile> file = NewFile::Create(partial);
  absl::Status status = file.status();
  if (status.ok()) status = file->Write(*text);
  if (status.ok()) status = file->Sync();
  if (status.ok()) status = SyncDirectory(directory_);
  if (!status.ok()) return status;
  return std::rename(partial.c_str(), path.c_str()) == 0 ? absl::OkStatus() : FileError("make", path, errno);
}

}  // namespace quartet::controller
