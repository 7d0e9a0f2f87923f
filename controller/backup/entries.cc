#include "controller/backup/entries.h"

#include "absl/strings/str_cat.h"
#include "quartet/stored/v1/entry.pb.h"

namespace quartet::controller {
namespace {

constexpr size_t kLengthBytes = 4;

}  // namespace

void FrameEntry(absl::string_view entry, std::string& out) {
  const auto length = static_cast<uint32_t>(entry.size());
  for (int shift = 24; shift >= 0; shift -= 8) out.push_back(static_cast<char>(length >> shift));
  out.append(entry.data(), entry.size());
}

absl::Status EntriesReader::Damaged(absl::string_view why) const {
  return absl::DataLossError(absl::StrCat(file_.path(), " is damaged behind entry ", last_.index, ": ", why));
}

absl::StatusOr<std::optional<replication::SealedEntry>> EntriesReader::Next() {
  const absl::StatusOr<std::string> head = file_.Read(kLengthBytes);
  if (!head.ok()) return head.status();
  if (head->empty()) return std::optional<replication::SealedEntry>();
  if (head->size() != kLengthBytes) return Damaged("it is cut short");
  uint32_t length = 0;
  for (const char byte : *head) length = length << 8 | static_cast<uint8_t>(byte);
  if (length > replication::kMaxEntryBytes) return Damaged("an entry is longer than any can be");
  absl::StatusOr<std::string> bytes = file_.Read(length);
  if (!bytes.ok()) return bytes.status();
  if (bytes->size() != length) return Damaged("it is cut short");
  const absl::StatusOr<stored::v1::EntryHeader> header = replication::OpenHeader(*bytes);
  if (!header.ok()) return Damaged(header.status().message());
  const absl::string_view chain(reinterpret_cast<const char*>(last_.chain.data()), last_.chain.size());
  if (header->epoch() != last_.epoch || header->index() != last_.index + 1 || header->prev_chain() != chain)
    return Damaged("what comes next does not follow it");
  last_ = {header->epoch(), header->index(), replication::ChainOf(*bytes)};
  return std::optional<replication::SealedEntry>({*std::move(bytes), last_});
}

}  // namespace quartet::controller
