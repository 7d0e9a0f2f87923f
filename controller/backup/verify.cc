#include "controller/backup/verify.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "controller/backup/entries.h"
#include "controller/backup/files.h"
#include "controller/backup/sha256.h"

namespace quartet::controller {
namespace {

constexpr size_t kReadBytes = 1 << 20;
// Lines of the most files there can be.
constexpr size_t kMaxManifestBytes = 64 << 20;

absl::Status Missing(const std::string& path, const absl::Status& status) {
  if (!absl::IsNotFound(status)) return status;
  return absl::DataLossError(absl::StrCat(path, " is missing"));
}

}  // namespace

absl::StatusOr<Manifest> OpenBackup(const std::string& directory) {
  absl::StatusOr<OldFile> file = OldFile::Open(absl::StrCat(directory, "/", kManifestFile));
  if (absl::IsNotFound(file.status())) {
    return absl::NotFoundError(absl::StrCat("there is no backup in ", directory,
                                            ", or one that was not finished: it has no ", kManifestFile));
  }
  if (!file.ok()) return file.status();
  const absl::StatusOr<uint64_t> size = file->Size();
  if (!size.ok()) return size.status();
  const absl::StatusOr<std::string> text = file->Read(std::min<uint64_t>(*size, kMaxManifestBytes));
  if (!text.ok()) return text.status();
  absl::StatusOr<Manifest> manifest = ReadManifest(*text);
  if (manifest.ok()) return manifest;
  return absl::Status(manifest.status().code(), absl::StrCat(directory, "/", manifest.status().message()));
}

absl::Status CheckFile(const std::string& directory, const std::string& name,
                       const Manifest::Contents& contents, const std::string& copy) {
  const std::string path = absl::StrCat(directory, "/", name);
  absl::StatusOr<OldFile> file = OldFile::Open(path);
  if (!file.ok()) return Missing(path, file.status());
  const absl::StatusOr<uint64_t> size = file->Size();
  if (!size.ok()) return size.status();
  if (*size != contents.bytes) {
    return absl::DataLossError(
        absl::StrCat(path, " is damaged: it has ", *size, " bytes instead of ", contents.bytes));
  }
  std::optional<NewFile> copied;
  if (!copy.empty()) {
    absl::StatusOr<NewFile> made = NewFile::Create(copy);
    if (!made.ok()) return made.status();
    copied.emplace(*std::move(made));
  }
  Sha256 hash;
  for (;;) {
    const absl::StatusOr<std::string> bytes = file->Read(kReadBytes);
    if (!bytes.ok()) return bytes.status();
    if (bytes->empty()) break;
    hash.Add(*bytes);
    if (!copied.has_value()) continue;
    if (absl::Status status = copied->Write(*bytes); !status.ok()) return status;
  }
  if (const std::string found = hash.Finish(); found != contents.sha256) {
    return absl::DataLossError(absl::StrCat(path, " is damaged: its SHA-256 is ",
                                            absl::BytesToHexString(found), " instead of ",
                                            absl::BytesToHexString(contents.sha256)));
  }
  return copied.has_value() ? copied->Sync() : absl::OkStatus();
}

absl::Status CheckEntries(const std::string& directory, const Manifest& manifest) {
  if (absl::Status status = CheckFile(directory, kEntriesFile, manifest.entries, ""); !status.ok())
    return status;
  const std::string path = absl::StrCat(directory, "/", kEntriesFile);
  absl::StatusOr<OldFile> file = OldFile::Open(path);
  if (!file.ok()) return file.status();
  EntriesReader entries(*std::move(file), manifest.after);
  for (;;) {
    const absl::StatusOr<std::optional<replication::SealedEntry>> entry = entries.Next();
    if (!entry.ok()) return entry.status();
    if (!entry->has_value()) break;
  }
  if (entries.last() == manifest.head && manifest.head.index - manifest.after.index == manifest.entry_count)
    return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat(path, " ends with ", ToString(entries.last()), " instead of ", ToString(manifest.head)));
}

absl::StatusOr<Manifest> VerifyBackup(const std::string& directory) {
  absl::StatusOr<Manifest> manifest = OpenBackup(directory);
  if (!manifest.ok()) return manifest;
  for (const Manifest::File& file : manifest->files) {
    absl::Status status =
        CheckFile(directory, absl::StrCat(kCheckpointFolder, "/", file.name), file.contents, "");
    if (!status.ok()) return status;
  }
  if (absl::Status status = CheckEntries(directory, *manifest); !status.ok()) return status;
  return manifest;
}

}  // namespace quartet::controller
