#include "controller/imports/upload.h"

#include <openssl/evp.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/zones/faults.h"
#include "dns/base/check.h"
#include "dns/zonefile/importer.h"

namespace quartet::controller {
namespace {

namespace v1 = admin::v1;

constexpr size_t kMaxFileName = 1024;

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
  if (replace && !start.force() && start.if_revision() == 0) {
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

absl::Status CutOff(uint64_t bytes) {
  return absl::InvalidArgumentError(absl::StrCat("the text is cut off after ", bytes,
                                                 " bytes: its end was not sent; nothing was imported"));
}

absl::Status TooLarge(uint64_t bytes) {
  FaultList faults;
  v1::Fault fault;
  fault.set_rule("file-too-large");
  fault.set_message(absl::StrCat("a file of over ", bytes, " octets; ", dns::kMaxZoneFile, " is the most"));
  faults.Add(FaultList::Kind::kForm, std::move(fault));
  return faults.ToStatus();
}

}  // namespace

absl::StatusOr<v1::ImportStart> ReadImportStart(ImportStream& stream) {
  absl::StatusOr<v1::ImportZoneRequest> message = stream.Read();
  if (!message.ok() && !absl::IsOutOfRange(message.status())) return message.status();
  if (!message.ok() || !message->has_start())
    return absl::InvalidArgumentError("an import begins with its start");
  if (absl::Status status = CheckStart(message->start()); !status.ok()) return status;
  return std::move(*message->mutable_start());
}

absl::StatusOr<Upload> ReceiveText(ImportStream& stream, Spool& spool, Pulse& pulse) {
  Upload upload;
  absl::StatusOr<std::unique_ptr<SpoolFile>> file = spool.Create();
  if (!file.ok()) return file.status();
  upload.text = *std::move(file);
  Hash hash;
  for (;;) {
    absl::StatusOr<v1::ImportZoneRequest> message = stream.Read();
    const uint64_t size = upload.text->size();
    if (absl::IsOutOfRange(message.status())) return CutOff(size);
    if (!message.ok()) return message.status();
    if (message->has_end()) {
      if (message->end().bytes() != size) return CutOff(size);
      break;
    }
    if (!message->has_text())
      return absl::InvalidArgumentError("behind its start an import has text, then its end");
    const std::string& text = message->text();
    if (text.size() > kMaxTextMessage) {
      return absl::InvalidArgumentError(absl::StrCat("a piece of text is over ", kMaxTextMessage, " bytes"));
    }
    if (size + text.size() > dns::kMaxZoneFile) return TooLarge(size);
    hash.Add(text);
    if (absl::Status status = upload.text->Append(text); !status.ok()) return status;
    absl::Status status = pulse.Beat(v1::ImportProgress::PHASE_RECEIVING, size + text.size(), 0);
    if (!status.ok()) return status;
  }
  upload.hash = hash.Finish();
  if (absl::Status status = upload.text->Flush(); !status.ok()) return status;
  return upload;
}

}  // namespace quartet::controller
