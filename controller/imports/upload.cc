#include "controller/imports/upload.h"

#include <openssl/evp.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/imports/record_sets_reader.h"
#include "controller/zones/faults.h"
#include "dns/base/check.h"
#include "dns/zonefile/importer.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

constexpr size_t kMaxFileName = 1024;
constexpr uint64_t kMaxRecordSets = 10'000'000;

absl::Status CheckStart(const v1::ImportStart& start) {
  const bool replace = start.mode() == v1::IMPORT_MODE_REPLACE;
  if (start.target_case() == v1::ImportStart::TARGET_NOT_SET) {
    return absl::InvalidArgumentError("an import needs a zone, or a new zone");
  }
  if (start.file_name().size() > kMaxFileName) {
    return absl::InvalidArgumentError(absl::StrCat("the file's name is over ", kMaxFileName, " bytes"));
  }
  if (start.has_new_zone()) {
    if (start.mode() == v1::IMPORT_MODE_UNSPECIFIED && start.if_revision() == 0 && !start.force()) {
      return absl::OkStatus();
    }
    return absl::InvalidArgumentError("mode, if_revision and force are for zones that are there");
  }
  if (!replace && start.mode() != v1::IMPORT_MODE_MERGE) {
    return absl::InvalidArgumentError("an import into a zone that is there needs a mode: merge or replace");
  }
  if (!replace && start.force()) return absl::InvalidArgumentError("force is for an import that replaces");
  if (start.force() && start.if_revision() != 0) {
    return absl::InvalidArgumentError("if_revision and force exclude each other");
  }
  if (replace && !start.force() && start.if_revision() == 0 && !start.preview()) {
    return absl::InvalidArgumentError(
        "an import that replaces removes all that the file does not have: say at which revision the zone has "
        "to "
        "be (if_revision), or force it");
  }
  return absl::OkStatus();
}

// SHA-256, piece by piece.
class Hash {
 public:
  Hash() : context_(EVP_MD_CTX_new()) {
    QUARTET_CHECK(context_ != nullptr && EVP_DigestInit_ex(context_, EVP_sha256(), nullptr) == 1);
  }
  ~Hash() { EVP_MD_CTX_free(context_); }
  Hash(const Hash&) = delete;
  Hash& operator=(const Hash&) = delete;

  void Add(const std::string& bytes) {
    QUARTET_CHECK(EVP_DigestUpdate(context_, bytes.data(), bytes.size()) == 1);
  }
  std::string Finish() {
    std::string hash(EVP_MAX_MD_SIZE, '\0');
    unsigned int size = 0;
    QUARTET_CHECK(EVP_DigestFinal_ex(context_, reinterpret_cast<unsigned char*>(hash.data()), &size) == 1);
    hash.resize(size);
    return hash;
  }

 private:
  EVP_MD_CTX* const context_;
};

absl::Status TooLarge(uint64_t bytes) {
  FaultList faults;
  v1::Fault fault;
  fault.set_rule("file-too-large");
  fault.set_message(absl::StrCat("a file of over ", bytes, " octets; ", dns::kMaxZoneFile, " is the most"));
  faults.Add(FaultList::Kind::kForm, std::move(fault));
  return faults.ToStatus();
}

absl::Status TooMany() {
  FaultList faults;
  v1::Fault fault;
  fault.set_rule("too-many-records");
  fault.set_message(absl::StrCat("over ", kMaxRecordSets, " record sets"));
  faults.Add(FaultList::Kind::kForm, std::move(fault));
  return faults.ToStatus();
}

// Puts what comes to the spool file, and counts it.
class Receiver {
 public:
  explicit Receiver(std::unique_ptr<SpoolFile> file) { upload_.file = std::move(file); }

  absl::Status Take(const v1::ImportZoneRequest& message) {
    const bool sets = message.has_record_sets();
    if (!sets && !message.has_text()) {
      return absl::InvalidArgumentError("behind its start an import has text or record sets, then its end");
    }
    if (bytes() > 0 && sets != upload_.record_sets)
      return absl::InvalidArgumentError("an import has text or record sets, not both");
    upload_.record_sets = sets;
    return sets ? TakeSets(message.record_sets()) : TakeText(message.text());
  }

  absl::Status CutOff() const {
    return absl::InvalidArgumentError(absl::StrCat("the file is cut off after ", bytes(),
                                                   " bytes: its end was not sent; nothing was imported"));
  }

  absl::StatusOr<Upload> Finish(const v1::ImportEnd& end) {
    if (end.bytes() != (upload_.record_sets ? 0 : bytes()) || end.record_sets() != count_) return CutOff();
    if (upload_.record_sets) hash_.Add("record sets");
    upload_.hash = hash_.Finish();
    if (absl::Status status = upload_.file->Flush(); !status.ok()) return status;
    return std::move(upload_);
  }

  uint64_t bytes() const { return upload_.file->size(); }

 private:
  absl::Status TakeText(const std::string& text) {
    if (absl::Status status = CheckPiece(text.size()); !status.ok()) return status;
    hash_.Add(text);
    return upload_.file->Append(text);
  }

  absl::Status TakeSets(const v1::ImportedRecordSets& sets) {
    const std::string piece = sets.SerializeAsString();
    if (absl::Status status = CheckPiece(piece.size()); !status.ok()) return status;
    count_ += static_cast<uint64_t>(sets.record_sets_size());
    if (count_ > kMaxRecordSets) return TooMany();
    hash_.Add(piece);
    return SpoolRecordSets(sets, *upload_.file);
  }

  absl::Status CheckPiece(size_t size) const {
    if (size > kMaxPiece)
      return absl::InvalidArgumentError(absl::StrCat("a piece of the file is over ", kMaxPiece, " bytes"));
    return bytes() + size > dns::kMaxZoneFile ? TooLarge(bytes()) : absl::OkStatus();
  }

  Upload upload_;
  Hash hash_;
  uint64_t count_ = 0;
};

}  // namespace

absl::StatusOr<v1::ImportStart> ReadImportStart(ImportStream& stream) {
  absl::StatusOr<v1::ImportZoneRequest> message = stream.Read();
  if (!message.ok() && !absl::IsOutOfRange(message.status())) return message.status();
  if (!message.ok() || !message->has_start())
    return absl::InvalidArgumentError("an import begins with its start");
  if (absl::Status status = CheckStart(message->start()); !status.ok()) return status;
  return std::move(*message->mutable_start());
}

absl::StatusOr<Upload> ReceiveFile(ImportStream& stream, Spool& spool, Pulse& pulse) {
  absl::StatusOr<std::unique_ptr<SpoolFile>> file = spool.Create();
  if (!file.ok()) return file.status();
  Receiver receiver(*std::move(file));
  for (;;) {
    absl::StatusOr<v1::ImportZoneRequest> message = stream.Read();
    if (absl::IsOutOfRange(message.status())) return receiver.CutOff();
    if (!message.ok()) return message.status();
    if (message->has_end()) return receiver.Finish(message->end());
    if (absl::Status status = receiver.Take(*message); !status.ok()) return status;
    absl::Status status = pulse.Beat(v1::ImportProgress::PHASE_RECEIVING, receiver.bytes(), 0);
    if (!status.ok()) return status;
  }
}

}  // namespace quartet::controller
