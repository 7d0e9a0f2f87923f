#include "nameserver/zone/set_image.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "dns/rdata/layout.h"
#include "dns/rdata/type.h"

namespace quartet::nameserver {
namespace {

// The name in the data is a host whose addresses belong in the additional section.
bool HasTarget(dns::Type type) {
  return type == dns::Type::kNs || type == dns::Type::kMx || type == dns::Type::kSrv;
}

template <typename T>
void AppendInteger(std::string* out, T value) {
  out->append(reinterpret_cast<const char*>(&value), sizeof(value));
}

void AppendBig16(std::string* out, size_t value) {
  out->push_back(static_cast<char>(value >> 8));
  out->push_back(static_cast<char>(value));
}

size_t ReadBig16(absl::string_view bytes) {
  return size_t{static_cast<uint8_t>(bytes[0])} << 8 | static_cast<uint8_t>(bytes[1]);
}

std::span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// Writes the records of one set.
class ImageWriter {
 public:
  // `served` must outlive it.
  ImageWriter(dns::Type type, const replication::ServedView& served, const dns::Name& apex)
      : type_(static_cast<uint16_t>(type)),
        ttl_(served.ttl),
        layout_(dns::FindLayout(type)),
        has_target_(HasTarget(type)),
        apex_(reinterpret_cast<const char*>(apex.wire().data()), apex.wire().size()) {
    // Each record has two octets of length there.
    image_.reserve(served.rdata.size() + served.count * (kFixedBytes - 2));
  }

  bool Add(absl::string_view rdata) {
    const uint16_t fields[] = {0xc00c,
                               type_,
                               static_cast<uint16_t>(dns::Class::kIn),
                               static_cast<uint16_t>(ttl_ >> 16),
                               static_cast<uint16_t>(ttl_),
                               0};
    char fixed[kFixedBytes];
    for (size_t i = 0; i < kFixedBytes; ++i) fixed[i] = static_cast<char>(fields[i / 2] >> (8 - 8 * (i % 2)));
    image_.append(fixed, sizeof(fixed));
    const size_t length_at = image_.size() - 2;
    if (!AddData(rdata)) return false;
    const size_t length = image_.size() - length_at - 2;
    image_[length_at] = static_cast<char>(length >> 8);
    image_[length_at + 1] = static_cast<char>(length);
    return image_.size() <= UINT16_MAX;
  }

  const std::string& image() const { return image_; }
  // Pairs of position and target, as a page has them.
  const std::vector<uint16_t>& marks() const { return marks_; }
  bool local_targets() const { return local_targets_; }

 private:
  // In front of a record's data: a pointer to the owner, type, class, TTL and length.
  static constexpr size_t kFixedBytes = 12;

  bool AddData(absl::string_view rdata) {
    if (layout_ == nullptr) {
      image_.append(rdata.data(), rdata.size());
      return true;
    }
    for (const dns::Field field : layout_->fields) {
      if (field == dns::Field::kEnd) break;
      const std::optional<size_t> size = dns::FieldSize(field, Bytes(rdata));
      if (!size) return false;
      if (field == dns::Field::kName) {
        AddName(rdata.substr(0, *size));
      } else {
        image_.append(rdata.data(), *size);
      }
      rdata.remove_prefix(*size);
    }
    return rdata.empty();
  }

  void AddName(absl::string_view name) {
    const size_t relative = RelativeSize(name);
    const bool local = relative != absl::string_view::npos;
    if (local && has_target_) local_targets_ = true;
    if (layout_->compression != dns::NameCompression::kWritten) {
      image_.append(name.data(), name.size());
    } else if (local) {
      image_.append(name.data(), relative);
      AddMark(RecordSetView::kApexTarget);
    } else {
      AddForeignName(name);
    }
  }

  // Octets in front of the apex; npos if the name is not at or below it.
  size_t RelativeSize(absl::string_view name) const {
    for (size_t at = 0; name.size() - at >= apex_.size(); at += static_cast<uint8_t>(name[at]) + 1) {
      if (name.size() - at == apex_.size()) {
        return absl::EqualsIgnoreCase(name.substr(at), apex_) ? at : absl::string_view::npos;
      }
    }
    return absl::string_view::npos;
  }

  void AddForeignName(absl::string_view name) {
    while (name.size() > 1) {
      const auto [known, added] = suffixes_.try_emplace(name, image_.size());
      if (!added) return AddMark(known->second);
      if (image_.size() > kMaxMarkTarget) suffixes_.erase(known);
      const size_t label = static_cast<uint8_t>(name[0]) + 1;
      image_.append(name.data(), label);
      name.remove_prefix(label);
    }
    image_.push_back('\0');
  }

  void AddMark(uint16_t target) {
    marks_.push_back(static_cast<uint16_t>(image_.size()));
    marks_.push_back(target);
    AppendBig16(&image_, 0xc000);
  }

  const uint16_t type_;
  const uint32_t ttl_;
  // nullptr: the data is opaque.
  const dns::Layout* const layout_;
  const bool has_target_;
  const absl::string_view apex_;
  std::string image_;
  std::vector<uint16_t> marks_;
  // Names outside the zone, and their suffixes, by where they are in the image; views into the record data.
  absl::flat_hash_map<absl::string_view, uint16_t> suffixes_;
  bool local_targets_ = false;
};

absl::Status Damaged(uint16_t type) {
  return absl::InvalidArgumentError(
      absl::StrCat("record data of a ", dns::TypeName(dns::Type{type}), " set is damaged"));
}

absl::Status AddRecords(uint16_t type, const replication::ServedView& served, ImageWriter* writer) {
  absl::string_view left = served.rdata;
  for (size_t i = 0; i < served.count; ++i) {
    if (left.size() < 2 || left.size() - 2 < ReadBig16(left)) return Damaged(type);
    const size_t length = ReadBig16(left);
    if (!writer->Add(left.substr(2, length))) return Damaged(type);
    left.remove_prefix(2 + length);
  }
  // A SOA is read without looking again (its minimum), and there is one (RFC 2181 §6.1).
  const auto known = dns::Type{type};
  const bool single = known == dns::Type::kSoa || known == dns::Type::kCname || known == dns::Type::kDname;
  return !left.empty() || served.count == 0 || (single && served.count != 1) ? Damaged(type)
                                                                             : absl::OkStatus();
}

void AppendMarks(const ImageWriter& writer, std::string* out) {
  for (uint16_t value : writer.marks()) AppendInteger(out, value);
}

// A block in the form of page.h's external set.
void* MakeExternal(uint16_t type, uint16_t records, uint16_t marks, const ImageWriter& writer) {
  std::string bytes;
  AppendInteger(&bytes, type);
  AppendInteger(&bytes, records);
  AppendInteger(&bytes, static_cast<uint32_t>(writer.image().size()));
  AppendInteger(&bytes, marks);
  AppendInteger(&bytes, uint16_t{0});
  AppendMarks(writer, &bytes);
  bytes += writer.image();
  void* block = std::malloc(bytes.size());
  QUARTET_CHECK(block != nullptr);
  std::copy(bytes.begin(), bytes.end(), static_cast<char*>(block));
  return block;
}

}  // namespace

absl::Status AppendRecordSet(uint16_t type, const replication::ServedView& served, const dns::Name& apex,
                             std::string* out, BlockList* blocks) {
  ImageWriter writer(dns::Type{type}, served, apex);
  if (absl::Status status = AddRecords(type, served, &writer); !status.ok()) return status;
  const size_t marks = writer.marks().size() / 2;
  QUARTET_CHECK(marks <= RecordSetView::kMarkMask);
  const uint16_t flags = writer.local_targets() ? RecordSetView::kLocalTargets : 0;
  const auto field = static_cast<uint16_t>(marks | flags);
  AppendInteger(out, type);
  AppendInteger(out, served.count);
  if (writer.image().size() + 4 * marks > kMaxInlineSet) {
    void* block = MakeExternal(type, served.count, field, writer);
    blocks->push_back(block);
    AppendInteger(out, static_cast<uint16_t>(sizeof(block)));
    AppendInteger(out, static_cast<uint16_t>(RecordSetView::kExternal | flags));
    AppendInteger(out, block);
    return absl::OkStatus();
  }
  AppendInteger(out, static_cast<uint16_t>(writer.image().size()));
  AppendInteger(out, field);
  AppendMarks(writer, out);
  *out += writer.image();
  return absl::OkStatus();
}

void* ExternalBlock(const uint8_t* set) {
  if ((Load<uint16_t>(set + 6) & RecordSetView::kExternal) == 0) return nullptr;
  return Load<void*>(set + RecordSetView::kHeader);
}

}  // namespace quartet::nameserver
