// What few responses have: EDNS options, records that are not of a zone. Apart, so that it stays out of the way
// of the others.
#include <algorithm>
#include <cstring>

#include "dns/base/check.h"
#include "dns/rdata/type.h"
#include "nameserver/answer/identity.h"
#include "nameserver/answer/response.h"

namespace quartet::nameserver {
namespace {

constexpr size_t kOptionHeader = 4;
constexpr size_t kNsid = 3;
constexpr size_t kExtendedErrorOption = 15;

uint8_t* Put16(uint8_t* at, size_t value) {
  at[0] = static_cast<uint8_t>(value >> 8);
  at[1] = static_cast<uint8_t>(value);
  return at + 2;
}

}  // namespace

[[gnu::cold]] void Response::SetNsid(std::span<const uint8_t> nsid) {
  QUARTET_CHECK(edns_ && nsid.size() <= ServerIdentity::kMaxText && Fits(kOptionHeader + nsid.size()));
  if (nsid.empty()) return;
  limit_ -= kOptionHeader + nsid.size();
  nsid_ = nsid;
}

// RFC 6891 §6.1.2. `opt` is the OPT record, which ends the message so far.
[[gnu::cold]] void Response::PutOptions(uint8_t* opt) {
  uint8_t* const options = out_ + size_;
  uint8_t* at = options;
  if (!nsid_.empty()) {
    at = Put16(Put16(at, kNsid), nsid_.size());
    at = std::copy(nsid_.begin(), nsid_.end(), at);
  }
  // RFC 8914 §2, without text.
  if (extended_error_ != ExtendedError::kNone) {
    at = Put16(Put16(at, kExtendedErrorOption), 2);
    at = Put16(at, static_cast<size_t>(extended_error_));
  }
  const auto size = static_cast<size_t>(at - options);
  Put16(opt + 9, size);
  size_ += size;
}

[[gnu::cold]] void Response::AddChaosText(std::span<const uint8_t> text) {
  uint8_t* at = out_ + size_;
  QUARTET_CHECK(text.size() <= ServerIdentity::kMaxText && Fits(13 + text.size()));
  at = Put16(at, 0xc000 | kHeaderSize);
  at = Put16(at, static_cast<size_t>(dns::Type::kTxt));
  at = Put16(at, static_cast<size_t>(dns::Class::kChaos));
  at = Put16(Put16(at, 0), 0);
  at = Put16(at, text.size() + 1);
  *at++ = static_cast<uint8_t>(text.size());
  std::copy(text.begin(), text.end(), at);
  size_ += 13 + text.size();
  ++counts_[static_cast<size_t>(Section::kAnswer)];
}

}  // namespace quartet::nameserver
