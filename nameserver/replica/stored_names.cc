#include "nameserver/replica/stored_names.h"

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "replication/replica/layout.h"
#include "replication/replica/node_meta.h"

namespace quartet::nameserver {
namespace {

// A name in wire format, from its canonical key (dns/name/canonical_key.h): the same labels in the opposite order.
class WireName {
 public:
  // False: it is no such key.
  bool Read(absl::string_view key) {
    begin_ = sizeof(bytes_);
    bytes_[--begin_] = 0;
    while (!key.empty()) {
      const size_t end = key.find('\0');
      if (end == absl::string_view::npos || !Prepend(key.substr(0, end))) return false;
      key.remove_prefix(end + 1);
    }
    return true;
  }
  absl::string_view text() const { return {bytes_ + begin_, sizeof(bytes_) - begin_}; }

 private:
  bool Prepend(absl::string_view label) {
    char plain[dns::Name::kMaxLabel];
    size_t size = 0;
    for (size_t i = 0; i < label.size(); ++i, ++size) {
      if (size == sizeof(plain)) return false;
      plain[size] = label[i];
      if (label[i] != '\1') continue;
      // 0x00 and 0x01 are written as 0x01 0x01 and 0x01 0x02.
      if (++i == label.size() || (label[i] != '\1' && label[i] != '\2')) return false;
      plain[size] = static_cast<char>(label[i] - 1);
    }
    if (size == 0 || begin_ < size + 1) return false;
    begin_ -= size;
    std::memcpy(bytes_ + begin_, plain, size);
    bytes_[--begin_] = static_cast<char>(size);
    return true;
  }

  char bytes_[dns::Name::kMaxWire];
  size_t begin_ = sizeof(bytes_);
};

absl::Status Damaged() {
  return absl::DataLossError("the list of this node's zones is damaged; it fetches all zones anew");
}

// "d", the scope behind its length, the canonical key of the name, 0x00, the zone's id.
absl::Status ReadName(absl::string_view key, WireName& name, const VisitName& visit) {
  constexpr size_t kId = replication::layout::kZoneIdBytes;
  if (key.size() < 2 || key.size() < 2 + static_cast<uint8_t>(key[1]) + 1 + kId) return Damaged();
  const absl::string_view id = key.substr(key.size() - kId);
  const size_t begin = 2 + static_cast<uint8_t>(key[1]);
  if (!name.Read(key.substr(begin, key.size() - kId - 1 - begin))) return Damaged();
  visit(id, name.text());
  return absl::OkStatus();
}

// Hands names on to a directory, many at a time.
class ColdNames {
 public:
  explicit ColdNames(Directory& directory) : directory_(directory) { bytes_.reserve(kBytes); }
  void Add(absl::string_view id, absl::string_view apex) {
    if (bytes_.size() + id.size() + apex.size() > kBytes) Flush();
    names_.push_back({Keep(id), Keep(apex)});
  }
  void Flush() {
    directory_.AddCold(names_);
    names_.clear();
    bytes_.clear();
  }

 private:
  static constexpr size_t kBytes = 16 << 10;
  absl::string_view Keep(absl::string_view text) {
    const size_t at = bytes_.size();
    bytes_.append(text.data(), text.size());
    return absl::string_view(bytes_).substr(at);
  }

  Directory& directory_;
  // Never more than what was reserved for it, so that the names' views last.
  std::string bytes_;
  std::vector<Directory::ColdName> names_;
};

}  // namespace

absl::StatusOr<bool> ReadNames(const store::Reader& store, std::string& after, size_t most,
                               const VisitName& visit) {
  WireName name;
  const std::unique_ptr<store::Iterator> keys = store.Scan(after, store::PrefixEnd("d"));
  for (; keys->Valid() && most > 0; keys->Next()) {
    if (keys->key() == after && after.size() > 1) continue;
    absl::Status read = ReadName(keys->key(), name, visit);
    if (!read.ok()) return read;
    if (--most == 0) after = std::string(keys->key());
  }
  if (!keys->status().ok()) return keys->status();
  return most == 0;
}

absl::StatusOr<StoredNames> ReadStoredNames(const store::Reader& store, Directory& directory) {
  absl::StatusOr<std::optional<replication::NodeMeta>> meta = replication::ReadNodeMeta(store);
  if (!meta.ok()) return meta.status();
  StoredNames names;
  if (!meta->has_value() || !(*meta)->complete) return names;
  names.drained = (*meta)->drained;
  names.cursor = (*meta)->cursor.value_or(replication::Position());
  names.digest_keys = (*meta)->digest_keys;
  std::string after = "d";
  ColdNames cold(directory);
  const absl::StatusOr<bool> read = ReadNames(
      store, after, SIZE_MAX, [&cold](absl::string_view id, absl::string_view apex) { cold.Add(id, apex); });
  if (!read.ok()) return read.status();
  cold.Flush();
  names.complete = true;
  return names;
}

}  // namespace quartet::nameserver
