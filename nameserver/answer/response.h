// A response in the making: header, question, whole record sets, EDNS.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "nameserver/answer/extended_error.h"
#include "nameserver/answer/query.h"
#include "nameserver/zone/page.h"
#include "nameserver/zone/set_image.h"

namespace quartet::nameserver {

using dns::Section;

// CNAMEs and DNAMEs followed in one answer.
inline constexpr size_t kMaxChain = 16;
// Where a compression pointer can lead (RFC 1035 §4.1.4).
inline constexpr size_t kMaxPointer = 0x3fff;
// Question, then for each step of a chain a DNAME and a CNAME, at most; record sets with compressed names
// come behind that at the latest, so every pointer in them can be written.
static_assert(kHeaderSize + 259 + kMaxChain * 2 * (12 + 255) + kMaxMarkTarget <= kMaxPointer);

// Writes into a buffer it does not own, never beyond its limit. Positions are offsets in the message.
class Response {
 public:
  // `out` has kMinResponseBuffer bytes at least. The response will have at most `limit` bytes.
  Response(std::span<uint8_t> out, size_t limit) : out_(out.data()), limit_(limit) {}

  // Header fields come from `message`, the query; its question is repeated as it is (RFC 1035 §4.1.2, case
  // included) if it could be read. Room for EDNS is set aside.
  void Begin(std::span<const uint8_t> message, const Query& query);
  // Answers an NSID option (RFC 5001 §2.2) with at most ServerIdentity::kMaxText octets, which must last until
  // Finish. Before any record set is added.
  void SetNsid(std::span<const uint8_t> nsid);
  // `apex`: where the zone's apex is in the question. Before any record set is added.
  void SetApex(uint16_t apex) { apex_ = apex; }

  // Adds a whole record set with the owner at position `owner` (at most kMaxPointer); returns where it
  // begins, or 0 if it does not fit, and then nothing is added.
  size_t Add(Section section, const RecordSetView& set, size_t owner);
  // The same with the owner written out, for owners no pointer leads to.
  size_t AddNamed(Section section, const RecordSetView& set, std::span<const uint8_t> owner);
  // Adds a CNAME record with the first `labels` labels of the name at `owner_labels` (positions of its
  // labels, the first of which is the owner), then a pointer to `target`. Returns where it begins; 0: it does
  // not fit.
  size_t AddCname(uint32_t ttl, const uint16_t* owner_labels, size_t labels, size_t target);
  // Adds a TXT record of class CH and TTL 0 for the question's name. At most 255 octets of text.
  void AddChaosText(std::span<const uint8_t> text);
  // The TTL of the one record of the set at `position`.
  void SetTtl(size_t position, uint32_t ttl);

  // Says why, in responses without records, to those who sent an OPT record.
  void SetExtendedError(ExtendedError error) { extended_error_ = error; }
  void SetRcode(Rcode rcode) { rcode_ = static_cast<uint16_t>(rcode); }
  void SetAuthoritative(bool authoritative = true) { authoritative_ = authoritative; }
  // RFC 2181 §9: a record set that is required does not fit.
  void SetTruncated() { truncated_ = true; }
  bool truncated() const { return truncated_; }

  // What was written so far.
  const uint8_t* bytes() const { return out_; }
  // Writes EDNS and header; returns the message's size.
  size_t Finish(uint16_t udp_payload);

 private:
  bool Fits(size_t size) const { return size <= limit_ - size_; }
  void Pointer(size_t at, size_t target);
  void PutMarks(const RecordSetView& set, size_t at, size_t target_base);
  void PutOpt(uint16_t udp_payload);
  void PutOptions(uint8_t* opt);

  uint8_t* const out_;
  // Bytes for all but the OPT record.
  size_t limit_;
  size_t size_ = 0;
  uint16_t apex_ = 0;
  uint16_t rcode_ = 0;
  bool authoritative_ = false;
  bool truncated_ = false;
  bool edns_ = false;
  bool dnssec_ok_ = false;
  ExtendedError extended_error_ = ExtendedError::kNone;
  std::span<const uint8_t> nsid_;
  uint16_t counts_[3] = {};
};

}  // namespace quartet::nameserver
