// Writes pages (page.h) from keys and payloads.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "nameserver/zone/page.h"

namespace quartet::nameserver {

// Entries on their way into pages, in ascending order of keys. Payload: what follows the key's tail in an
// entry.
class EntryList {
 public:
  void Add(absl::string_view key, absl::string_view payload);
  // All entries of a page. Payloads are copied as they are.
  void AddPage(const Page& page);
  void Clear();

  bool empty() const { return items_.empty(); }
  size_t count() const { return items_.size(); }
  // Bytes the entries take in a page, about.
  size_t bytes() const { return bytes_.size() + kFixedBytes * items_.size(); }
  size_t bytes(size_t i) const { return kFixedBytes + items_[i].key_size + items_[i].payload_size; }
  absl::string_view key(size_t i) const { return {bytes_.data() + items_[i].at, items_[i].key_size}; }
  absl::string_view payload(size_t i) const {
    return {bytes_.data() + items_[i].at + items_[i].key_size, items_[i].payload_size};
  }

 private:
  // Head, an eighth of a sample, offset and size of key.
  static constexpr size_t kFixedBytes = 15;
  struct Item {
    size_t at;
    uint32_t key_size;
    uint32_t payload_size;
  };
  std::string bytes_;
  std::vector<Item> items_;
};

// A page and where it begins: `separator` is greater than every key before the page, and not greater than any
// in it.
struct PageRef {
  std::string separator;
  const Page* page;
};

// Writes entries [begin, end), at least one, into one page.
Page* WritePage(const EntryList& entries, size_t begin, size_t end, uint8_t level);

// Writes all entries into as few pages of about kPageTarget as hold them, evenly filled. `separator` is the
// first page's.
std::vector<PageRef> WritePages(const EntryList& entries, uint8_t level, std::string separator);

// The shortest string that is greater than `before` and not greater than `after`. Precondition: before <
// after.
std::string Separator(absl::string_view before, absl::string_view after);

// Size of the payload of entry i.
size_t PayloadSize(const Page& page, size_t i);

}  // namespace quartet::nameserver
