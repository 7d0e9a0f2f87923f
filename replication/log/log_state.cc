#include "replication/log/log_state.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace quartet::replication {

namespace {

constexpr size_t kNumberBytes = 8;
constexpr size_t kPositionBytes = 2 * kNumberBytes + Chain().size();

void AppendNumber(uint64_t number, std::string& out) {
  for (int shift = 56; shift >= 0; shift -= 8) out += static_cast<char>(number >> shift & 0xff);
}

uint64_t ReadNumber(absl::string_view bytes) {
  uint64_t number = 0;
  for (char octet : bytes.substr(0, kNumberBytes)) number = number << 8 | static_cast<uint8_t>(octet);
  return number;
}

absl::Status Damaged(absl::string_view why) {
  return absl::DataLossError(absl::StrCat("the log is damaged: ", why));
}

absl::StatusOr<Position> ReadPosition(const store::Reader& reader, absl::string_view key) {
  const auto bytes = reader.Get(key);
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return Damaged(absl::StrCat(key, " is missing"));
  return DecodePosition(**bytes);
}

absl::StatusOr<uint64_t> ReadTerm(const store::Reader& reader) {
  const auto bytes = reader.Get(kLogTermKey);
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value() || (*bytes)->size() != kNumberBytes)
    return Damaged("its term is missing or no number");
  return ReadNumber(**bytes);
}

// Whether anything of a log is there.
absl::StatusOr<bool> HasAnyKey(const store::Reader& reader) {
  for (absl::string_view prefix : {"l", "L"}) {
    const auto found = reader.Scan(prefix, store::PrefixEnd(prefix));
    if (found->Valid()) return true;
    if (!found->status().ok()) return found->status();
  }
  return false;
}

}  // namespace

std::string LogEntryKey(uint64_t index) {
  std::string key = "l";
  AppendNumber(index, key);
  return key;
}

std::string EncodePosition(const Position& position) {
  std::string bytes;
  bytes.reserve(kPositionBytes);
  AppendNumber(position.epoch, bytes);
  AppendNumber(position.index, bytes);
  bytes.append(reinterpret_cast<const char*>(position.chain.data()), position.chain.size());
  return bytes;
}

absl::StatusOr<Position> DecodePosition(absl::string_view bytes) {
  if (bytes.size() != kPositionBytes) return Damaged("a position is not of 32 bytes");
  Position position;
  position.epoch = ReadNumber(bytes);
  position.index = ReadNumber(bytes.substr(kNumberBytes));
  std::copy(bytes.begin() + 2 * kNumberBytes, bytes.end(), position.chain.begin());
  return position;
}

std::string EncodeTerm(uint64_t term) {
  std::string bytes;
  AppendNumber(term, bytes);
  return bytes;
}

absl::StatusOr<std::optional<LogState>> ReadLogState(const store::Reader& reader) {
  const auto stored_head = reader.Get(kLogHeadKey);
  if (!stored_head.ok()) return stored_head.status();
  if (!stored_head->has_value()) {
    const auto any = HasAnyKey(reader);
    if (!any.ok()) return any.status();
    if (*any) return Damaged("its head is missing");
    return std::nullopt;
  }
  const auto head = DecodePosition(**stored_head);
  if (!head.ok()) return head.status();
  const auto base = ReadPosition(reader, kLogBaseKey);
  if (!base.ok()) return base.status();
  const auto term = ReadTerm(reader);
  if (!term.ok()) return term.status();
  if (base->epoch != head->epoch || base->index > head->index) return Damaged("it begins behind its head");
  return LogState{*head, *base, *term};
}

}  // namespace quartet::replication
