#include "nameserver/answer/response.h"

#include <cstring>

#include "dns/rdata/type.h"

namespace quartet::nameserver {
namespace {

// RFC 6891 §6.1.2, without options.
constexpr size_t kOptSize = 11;
// Owner pointer, type, class, TTL, length.
constexpr size_t kRecordHeader = 12;

void Put16(uint8_t* at, size_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
}

size_t Get16(const uint8_t* at) { return static_cast<size_t>(at[0]) << 8 | at[1]; }

}  // namespace

void Response::Begin(std::span<const uint8_t> message, const Query& query) {
  size_ = query.question_end != 0 ? query.question_end : kHeaderSize;
  std::memcpy(out_, message.data(), size_);
  edns_ = query.edns;
  dnssec_ok_ = query.dnssec_ok;
  if (edns_) limit_ -= kOptSize;
}

void Response::Pointer(size_t at, size_t target) { Put16(out_ + at, 0xc000 | target); }

size_t Response::Add(Section section, const RecordSetView& set, size_t owner) {
  if (!Fits(set.size())) return 0;
  const size_t begin = size_;
  std::memcpy(out_ + begin, set.image(), set.size());
  size_ += set.size();
  for (size_t i = 0; i < set.marks(); ++i) {
    const size_t target = set.mark_target(i);
    Pointer(begin + set.mark_position(i), target == RecordSetView::kApexTarget ? apex_ : begin + target);
  }
  // The image has the question's name as owner.
  if (owner != kHeaderSize) {
    for (size_t at = begin; at < size_; at += kRecordHeader + Get16(out_ + at + 10)) Pointer(at, owner);
  }
  counts_[static_cast<size_t>(section)] += set.records();
  return begin;
}

size_t Response::AddNamed(Section section, const RecordSetView& set, std::span<const uint8_t> owner) {
  if (set.marks() != 0 || !Fits(set.size() + set.records() * (owner.size() - 2))) return 0;
  const size_t begin = size_;
  for (const uint8_t* record = set.image(); record < set.image() + set.size();) {
    const size_t size = kRecordHeader + Get16(record + 10);
    std::memcpy(out_ + size_, owner.data(), owner.size());
    std::memcpy(out_ + size_ + owner.size(), record + 2, size - 2);
    size_ += owner.size() + size - 2;
    record += size;
  }
  counts_[static_cast<size_t>(section)] += set.records();
  return begin;
}

size_t Response::AddCname(uint32_t ttl, const uint16_t* owner_labels, size_t labels, size_t target) {
  size_t length = 2;
  for (size_t i = 0; i < labels; ++i) length += out_[owner_labels[i]] + size_t{1};
  if (!Fits(kRecordHeader + length)) return 0;
  const size_t begin = size_;
  Pointer(begin, owner_labels[0]);
  Put16(out_ + begin + 2, static_cast<size_t>(dns::Type::kCname));
  Put16(out_ + begin + 4, static_cast<size_t>(dns::Class::kIn));
  SetTtl(begin, ttl);
  Put16(out_ + begin + 10, length);
  size_t at = begin + kRecordHeader;
  for (size_t i = 0; i < labels; ++i) {
    const size_t size = out_[owner_labels[i]] + size_t{1};
    std::memcpy(out_ + at, out_ + owner_labels[i], size);
    at += size;
  }
  Pointer(at, target);
  size_ = at + 2;
  ++counts_[static_cast<size_t>(Section::kAnswer)];
  return begin;
}

void Response::SetTtl(size_t position, uint32_t ttl) {
  Put16(out_ + position + 6, ttl >> 16);
  Put16(out_ + position + 8, ttl & 0xffff);
}

void Response::PutOpt(uint16_t udp_payload) {
  uint8_t* at = out_ + size_;
  at[0] = 0;
  Put16(at + 1, static_cast<size_t>(dns::Type::kOpt));
  Put16(at + 3, udp_payload);
  at[5] = static_cast<uint8_t>(rcode_ >> 4);
  at[6] = 0;
  Put16(at + 7, dnssec_ok_ ? 0x8000 : 0);
  Put16(at + 9, 0);
  size_ += kOptSize;
  if (extended_error_ != ExtendedError::kNone || !nsid_.empty()) PutOptions(at);
  ++counts_[static_cast<size_t>(Section::kAdditional)];
}

size_t Response::Finish(uint16_t udp_payload) {
  const bool question = size_ > kHeaderSize;
  if (edns_) PutOpt(udp_payload);
  uint8_t* const header = out_;
  // QR; opcode and RD as in the query.
  header[2] =
      static_cast<uint8_t>(0x80 | (header[2] & 0x79) | (authoritative_ ? 0x04 : 0) | (truncated_ ? 0x02 : 0));
  header[3] = static_cast<uint8_t>(rcode_ & 0x0f);
  Put16(header + 4, question ? 1 : 0);
  for (size_t i = 0; i < 3; ++i) Put16(header + 6 + 2 * i, counts_[i]);
  return size_;
}

}  // namespace quartet::nameserver
