// Pages: immutable blocks of consecutive owner names in canonical order, with their record sets in wire form.
//
// One allocation, no pointers into itself:
//
//   PageHeader . prefix, zero-filled to a multiple of 8 . u64 sample[] . u64 head[count] . u32 offset[count]
//              . entries
//
// Keys are canonical keys relative to the apex. All keys of a page begin with `prefix`; of the rest, the
// first eight bytes are in head[] (big-endian, zero-filled), so that a search runs over consecutive words,
// and what is beyond them in the entry. Zero-filled heads keep the order, since the byte behind a whole label
// is 0x00 and no label's byte is. sample[] repeats every eighth head, from the first on: they tell which eight to
// search, so that a search touches a line or two of a page's dozen lines of heads, and knows which.
//
//   leaf entry  = u16 key size . tail . u8 flags . u16 record sets . record sets, ascending by type
//   inner entry = u16 key size . tail . child (8 bytes)
//                 key size: of what follows the prefix; tail: what follows its first eight bytes
//   record set  = u16 type . u16 records . u16 size . u16 marks . marks x (u16 position . u16 target) . image
//   image       = records as in a message, owner C0 0C
//
// Integers are the machine's own but for those inside images. A mark is a compression pointer in the image:
// `target` is kApexTarget for the apex (whose place in the question is known), otherwise a place in the image
// itself. Sets above kMaxInlineSet lie outside the page: size is 8, and instead of the image there is the
// address of
//
//   external set = u16 type . u16 records . u32 size . u16 marks . u16 0 . marks . image
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "nameserver/zone/lookup_name.h"

namespace quartet::nameserver {

inline constexpr size_t kPageTarget = 4096;
inline constexpr size_t kMaxInlineSet = 1024;
// An address in a page: a child, or a record set outside.
inline constexpr size_t kAddressSize = sizeof(uintptr_t);

template <typename T>
T Load(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof(T));
  return value;
}

// A record set, taken apart. Views into a page.
class RecordSetView {
 public:
  static constexpr uint16_t kApexTarget = 0xffff;
  // The high bits of the field `marks`.
  static constexpr uint16_t kExternal = 0x8000;
  static constexpr uint16_t kLocalTargets = 0x4000;
  static constexpr uint16_t kMarkMask = 0x3fff;
  static constexpr size_t kHeader = 8;
  static constexpr size_t kExternalHeader = 12;

  RecordSetView() = default;
  // `at` is a record set in a page; nullptr gives an invalid view.
  explicit RecordSetView(const uint8_t* at) {
    if (at != nullptr) Read(at);
  }

  bool valid() const { return image_ != nullptr; }
  uint16_t type() const { return type_; }
  uint16_t records() const { return records_; }
  // The records as in a message.
  const uint8_t* image() const { return image_; }
  size_t size() const { return size_; }
  size_t marks() const { return marks_; }
  uint16_t mark_position(size_t i) const { return Load<uint16_t>(mark_ + 4 * i); }
  uint16_t mark_target(size_t i) const { return Load<uint16_t>(mark_ + 4 * i + 2); }
  // NS, MX or SRV with a target at or below the apex.
  bool has_local_targets() const { return local_targets_; }

 private:
  void Read(const uint8_t* at) {
    uint16_t marks = Load<uint16_t>(at + 6);
    type_ = Load<uint16_t>(at);
    records_ = Load<uint16_t>(at + 2);
    if ((marks & kExternal) == 0) {
      size_ = Load<uint16_t>(at + 4);
      mark_ = at + kHeader;
    } else {
      at = Load<const uint8_t*>(at + kHeader);
      size_ = Load<uint32_t>(at + 4);
      marks = Load<uint16_t>(at + 8);
      mark_ = at + kExternalHeader;
    }
    marks_ = marks & kMarkMask;
    local_targets_ = (marks & kLocalTargets) != 0;
    image_ = mark_ + 4 * size_t{marks_};
  }

  const uint8_t* image_ = nullptr;
  const uint8_t* mark_ = nullptr;
  uint32_t size_ = 0;
  uint16_t type_ = 0;
  uint16_t records_ = 0;
  uint16_t marks_ = 0;
  bool local_targets_ = false;
};

// An owner name and its record sets. A view into a leaf.
class NameView {
 public:
  // kCut: an NS set below the apex. kWildcard: a label `*` anywhere in the name.
  enum Flag : uint8_t { kCut = 1, kCname = 2, kDname = 4, kWildcard = 8 };
  static constexpr size_t kHeader = 3;

  NameView() = default;
  explicit NameView(const uint8_t* at) : at_(at) {}

  bool valid() const { return at_ != nullptr; }
  bool operator==(const NameView&) const = default;
  uint8_t flags() const { return at_[0]; }
  size_t set_count() const { return Load<uint16_t>(at_ + 1); }
  // Where the first record set is; NextSet goes from one to the next.
  const uint8_t* sets() const { return at_ + kHeader; }
  static const uint8_t* NextSet(const uint8_t* set) {
    return set + RecordSetView::kHeader + size_t{4} * (Load<uint16_t>(set + 6) & RecordSetView::kMarkMask) +
           Load<uint16_t>(set + 4);
  }
  // nullptr if there is none of this type.
  const uint8_t* FindSet(uint16_t type) const {
    const uint8_t* set = sets();
    for (size_t left = set_count(); left > 0; --left, set = NextSet(set)) {
      if (Load<uint16_t>(set) == type) return set;
    }
    return nullptr;
  }

 private:
  // Without a value of its own, so that an array of these costs nothing; NameView() is invalid.
  const uint8_t* at_;
};

struct Page {
  uint32_t bytes;
  uint16_t count;
  uint16_t prefix_size;
  // 0: a leaf.
  uint8_t level;
  uint8_t unused;
  // How many names have these flags (leaves).
  uint16_t cuts;
  uint16_t dnames;
  uint16_t wildcards;

  const uint8_t* base() const { return reinterpret_cast<const uint8_t*>(this); }
  const uint8_t* prefix() const { return base() + sizeof(Page); }
  const uint8_t* samples() const { return prefix() + Padded(prefix_size); }
  const uint8_t* heads() const { return samples() + 8 * SamplesFor(count); }
  const uint8_t* offsets() const { return heads() + 8 * size_t{count}; }
  uint64_t head(size_t i) const { return Load<uint64_t>(heads() + 8 * i); }
  const uint8_t* entry(size_t i) const { return base() + Load<uint32_t>(offsets() + 4 * i); }

  static constexpr size_t kBlock = 8;
  static size_t SamplesFor(size_t heads) { return (heads + kBlock - 1) / kBlock; }
  static size_t Padded(size_t prefix) { return (prefix + 7) / 8 * 8; }
  // What follows the tail in an entry.
  static const uint8_t* Payload(const uint8_t* entry) {
    const size_t size = Load<uint16_t>(entry);
    return entry + 2 + (size > 8 ? size - 8 : 0);
  }
  const uint8_t* payload(size_t i) const { return Payload(entry(i)); }
  NameView name(size_t i) const { return NameView(payload(i)); }
  const Page* child(size_t i) const { return reinterpret_cast<const Page*>(Load<uintptr_t>(payload(i))); }
  // Writes key i to `out` (kMaxKey + kReadSlack bytes) and returns its size.
  size_t ReadKey(size_t i, uint8_t* out) const;

  struct Place {
    // The first key not less than the one searched; `count` if there is none.
    size_t index;
    bool found;
  };
  // kReadSlack zeros must follow the key. This and what is below are defined in page_search.h.
  Place Find(const uint8_t* key, size_t size) const;

  // Of an inner page: the child whose range holds the key, which is the last one whose separator is not greater.
  size_t FindChild(const uint8_t* key, size_t size) const;
  // The same where a short prefix and the heads tell it; else `count`.
  size_t FindChildByHead(const uint8_t* key, size_t size) const;

  // Find in two halves, for pages of kBlock names at least. The first reads no more of the page than what is in front
  // of heads().
  enum class Side : uint8_t { kBefore, kAmong, kBehind };
  struct Block {
    // Of the keys that begin with the prefix. But for kAmong there is nothing to search.
    Side side;
    // Which kBlock heads, by the first one, and for what.
    size_t first;
    uint64_t head;
  };
  Block Begin(const uint8_t* key) const;
  // False: heads alone don't tell, and Find is to be asked.
  bool FinishByHead(const Block& block, size_t size, Place* place) const;

 private:
  bool PlaceByHead(size_t index, uint64_t head, size_t size, Place* place) const;
  // `key` and `size` without the prefix.
  Place FindAmongEqual(size_t first, uint64_t head, const uint8_t* key, size_t size) const;
};
static_assert(sizeof(Page) == 16);

}  // namespace quartet::nameserver
