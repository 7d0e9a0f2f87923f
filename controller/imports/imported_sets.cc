#include "controller/imports/imported_sets.h"

#include <cstring>
#include <utility>

namespace quartet::controller {
namespace {

struct Head {
  uint32_t key_bytes;
  uint32_t served_bytes;
  uint32_t control_bytes;
  uint32_t line;
  uint32_t column;
};

}  // namespace

absl::StatusOr<std::unique_ptr<ImportedSets>> ImportedSets::Create(Spool& spool) {
  absl::StatusOr<std::unique_ptr<SpoolFile>> file = spool.Create();
  if (!file.ok()) return file.status();
  return std::unique_ptr<ImportedSets>(new ImportedSets(*std::move(file)));
}

absl::Status ImportedSets::Add(const ImportedSet& set) {
  const Head head{static_cast<uint32_t>(set.key.size()), static_cast<uint32_t>(set.served.size()),
                  static_cast<uint32_t>(set.control.size()), set.place.line, set.place.column};
  ++count_;
  for (const absl::string_view part : {absl::string_view(reinterpret_cast<const char*>(&head), sizeof head),
                                       set.key, set.served, set.control}) {
    if (absl::Status status = file_->Append(part); !status.ok()) return status;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> ImportedSets::Reader::Next() {
  if (reader_.AtEnd()) return false;
  absl::StatusOr<absl::string_view> bytes = reader_.Read(sizeof(Head));
  if (!bytes.ok()) return bytes.status();
  Head head;
  std::memcpy(&head, bytes->data(), sizeof head);
  absl::StatusOr<absl::string_view> body =
      reader_.Read(head.key_bytes + head.served_bytes + head.control_bytes);
  if (!body.ok()) return body.status();
  set_ = {body->substr(0, head.key_bytes),
          body->substr(head.key_bytes, head.served_bytes),
          body->substr(head.key_bytes + head.served_bytes),
          {head.line, head.column}};
  return true;
}

}  // namespace quartet::controller
