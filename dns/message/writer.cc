#include "dns/message/writer.h"

#include <utility>

#include "dns/base/check.h"
#include "dns/rdata/layout.h"

namespace quartet::dns {
namespace {

constexpr size_t kQuestions = 0;
constexpr size_t kAdditional = 3;
constexpr size_t kMaxCount = 0xffff;
// Pointers have 14 bits (RFC 1035 §4.1.4).
constexpr size_t kMaxPointer = 0x3fff;
// Root owner, type, class, TTL and length.
constexpr size_t kOptFixed = 11;
constexpr size_t kOptionFixed = 4;

size_t IndexOf(Section section) { return 1 + static_cast<size_t>(section); }

size_t OptSize(const Edns& edns) {
  size_t size = kOptFixed;
  for (const EdnsOption& option : edns.options) size += kOptionFixed + option.data.size();
  return size;
}

}  // namespace

Writer::Writer(const Header& header, size_t limit) : header_(header), limit_(limit) {
  QUARTET_CHECK(limit >= kHeaderSize && limit <= kMaxMessageSize);
  out_.resize(kHeaderSize);
}

bool Writer::SetEdns(Edns edns) {
  QUARTET_CHECK(!edns_ && section_ == kQuestions);
  const size_t size = OptSize(edns);
  if (out_.size() + size > limit_) return false;
  reserved_ = size;
  edns_ = std::move(edns);
  return true;
}

bool Writer::AddQuestion(const Question& question) {
  if (!Enter(kQuestions)) return false;
  const Mark mark = MarkHere();
  PutName(question.name);
  PutU16(static_cast<uint16_t>(question.type));
  PutU16(static_cast<uint16_t>(question.record_class));
  return Settle(mark, kQuestions, 1);
}

bool Writer::AddRecordSet(Section section, const RecordSet& set, Class record_class) {
  if (!Enter(IndexOf(section))) return false;
  const Mark mark = MarkHere();
  for (const RecordData& data : set.records()) PutRecord(set.owner(), record_class, set.ttl(), data);
  return Settle(mark, IndexOf(section), set.records().size());
}

bool Writer::AddRecord(Section section, const Record& record) {
  if (!Enter(IndexOf(section))) return false;
  const Mark mark = MarkHere();
  PutRecord(record.owner, record.record_class, record.ttl, record.data);
  return Settle(mark, IndexOf(section), 1);
}

std::vector<uint8_t> Writer::Finish() && {
  if (edns_) PutEdns();
  QUARTET_CHECK(out_.size() <= limit_);
  PutHeader();
  return std::move(out_);
}

void Writer::RollBack(const Mark& mark) {
  out_.resize(mark.size);
  while (suffixes_.size() > mark.suffixes) {
    offsets_.erase(suffixes_.back());
    suffixes_.pop_back();
  }
}

bool Writer::Enter(size_t section) {
  QUARTET_CHECK(section >= section_);
  section_ = section;
  return !header_.truncated;
}

bool Writer::Settle(const Mark& mark, size_t section, size_t count) {
  // One more may come at the end: the OPT record.
  if (out_.size() + reserved_ <= limit_ && counts_[section] + count < kMaxCount) {
    counts_[section] += count;
    return true;
  }
  RollBack(mark);
  if (section != kAdditional) header_.truncated = true;
  return false;
}

void Writer::PutU16(uint16_t value) {
  out_.push_back(static_cast<uint8_t>(value >> 8));
  out_.push_back(static_cast<uint8_t>(value));
}

void Writer::PutU32(uint32_t value) {
  PutU16(static_cast<uint16_t>(value >> 16));
  PutU16(static_cast<uint16_t>(value));
}

void Writer::PutBytes(std::span<const uint8_t> bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }

void Writer::PutName(const Name& name) {
  std::string suffix(reinterpret_cast<const char*>(name.wire().data()), name.wire().size());
  while (suffix[0] != 0) {
    if (const auto known = offsets_.find(suffix); known != offsets_.end()) {
      PutU16(static_cast<uint16_t>(0xc000 | known->second));
      return;
    }
    if (out_.size() <= kMaxPointer) {
      offsets_.emplace(suffix, static_cast<uint16_t>(out_.size()));
      suffixes_.push_back(suffix);
    }
    const size_t label = 1 + static_cast<uint8_t>(suffix[0]);
    out_.insert(out_.end(), suffix.begin(), suffix.begin() + static_cast<ptrdiff_t>(label));
    suffix.erase(0, label);
  }
  out_.push_back(0);
}

void Writer::PutData(const RecordData& data) {
  const Layout* layout = FindLayout(data.type());
  if (layout == nullptr || layout->compression != NameCompression::kWritten) {
    PutBytes(data.wire());
    return;
  }
  std::span<const uint8_t> rest = data.wire();
  for (Field field : layout->fields) {
    const std::optional<size_t> size = FieldSize(field, rest);
    QUARTET_CHECK(size.has_value());
    if (field == Field::kName) {
      PutName(Name::FromWire(rest.first(*size)).value());
    } else {
      PutBytes(rest.first(*size));
    }
    rest = rest.subspan(*size);
  }
}

void Writer::PutRecord(const Name& owner, Class record_class, uint32_t ttl, const RecordData& data) {
  // What is over the limit is taken back by Settle; this keeps a large record set from being written whole
  // first.
  if (out_.size() > limit_) return;
  PutName(owner);
  PutU16(static_cast<uint16_t>(data.type()));
  PutU16(static_cast<uint16_t>(record_class));
  PutU32(ttl);
  const size_t length_at = out_.size();
  PutU16(0);
  PutData(data);
  const size_t length = out_.size() - length_at - 2;
  out_[length_at] = static_cast<uint8_t>(length >> 8);
  out_[length_at + 1] = static_cast<uint8_t>(length);
}

void Writer::PutEdns() {
  ++counts_[kAdditional];
  out_.push_back(0);
  PutU16(static_cast<uint16_t>(Type::kOpt));
  PutU16(edns_->udp_payload);
  PutU32(uint32_t{static_cast<uint16_t>(header_.rcode)} >> 4 << 24 | uint32_t{edns_->version} << 16 |
         (edns_->dnssec_ok ? 0x8000u : 0u));
  PutU16(static_cast<uint16_t>(reserved_ - kOptFixed));
  for (const EdnsOption& option : edns_->options) {
    PutU16(option.code);
    PutU16(static_cast<uint16_t>(option.data.size()));
    PutBytes(option.data);
  }
}

void Writer::PutHeader() {
  const auto rcode = static_cast<uint16_t>(header_.rcode);
  QUARTET_CHECK(rcode <= 0xf || (edns_ && rcode <= 0xfff));
  const auto bit = [](bool set, unsigned mask) { return set ? mask : 0u; };
  const unsigned flags = bit(header_.response, 0x8000) | (static_cast<unsigned>(header_.opcode) & 0xf) << 11 |
                         bit(header_.authoritative, 0x0400) | bit(header_.truncated, 0x0200) |
                         bit(header_.recursion_desired, 0x0100) | bit(header_.recursion_available, 0x0080) |
                         bit(header_.authentic_data, 0x0020) | bit(header_.checking_disabled, 0x0010) |
                         (rcode & 0xfu);
  size_t at = 0;
  const auto put = [&](size_t value) {
    out_[at++] = static_cast<uint8_t>(value >> 8);
    out_[at++] = static_cast<uint8_t>(value);
  };
  put(header_.id);
  put(flags);
  for (size_t count : counts_) put(count);
}

std::vector<uint8_t> WriteQuery(uint16_t id, const Question& question, bool recursion_desired,
                                std::optional<Edns> edns) {
  Header header;
  header.id = id;
  header.recursion_desired = recursion_desired;
  Writer writer(header);
  if (edns) QUARTET_CHECK(writer.SetEdns(*std::move(edns)));
  QUARTET_CHECK(writer.AddQuestion(question));
  return std::move(writer).Finish();
}

}  // namespace quartet::dns
