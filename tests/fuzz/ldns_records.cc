#include "tests/fuzz/ldns_records.h"

#include <ldns/ldns.h>

#include <cstdlib>
#include <memory>
#include <vector>

#include "dns/base/check.h"

namespace quartet::fuzz {
namespace {

struct FreePacket {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};
struct FreeBytes {
  void operator()(uint8_t* bytes) const { std::free(bytes); }
};

void Append(std::vector<uint8_t>& out, uint64_t value, int octets) {
  while (octets-- > 0) out.push_back(static_cast<uint8_t>(value >> (8 * octets)));
}

// Uncompressed.
std::vector<uint8_t> WireOf(const dns::Record& record) {
  std::vector<uint8_t> wire(record.owner.wire().begin(), record.owner.wire().end());
  Append(wire, static_cast<uint16_t>(record.data.type()), 2);
  Append(wire, static_cast<uint16_t>(record.record_class), 2);
  Append(wire, record.ttl, 4);
  Append(wire, record.data.wire().size(), 2);
  wire.insert(wire.end(), record.data.wire().begin(), record.data.wire().end());
  return wire;
}

std::vector<uint8_t> WireOf(const ldns_rr* record) {
  uint8_t* bytes = nullptr;
  size_t size = 0;
  QUARTET_CHECK(ldns_rr2wire(&bytes, record, LDNS_SECTION_ANSWER, &size) == LDNS_STATUS_OK);
  const std::unique_ptr<uint8_t, FreeBytes> owned(bytes);
  return {bytes, bytes + size};
}

void CheckSection(const ldns_rr_list* theirs, const std::vector<dns::Record>& ours) {
  QUARTET_CHECK(ldns_rr_list_rr_count(theirs) == ours.size());
  for (size_t i = 0; i < ours.size(); ++i)
    QUARTET_CHECK(WireOf(ldns_rr_list_rr(theirs, i)) == WireOf(ours[i]));
}

}  // namespace

void CheckSameAsLdns(std::span<const uint8_t> bytes, const dns::Message& ours) {
  ldns_pkt* read = nullptr;
  QUARTET_CHECK(ldns_wire2pkt(&read, bytes.data(), bytes.size()) == LDNS_STATUS_OK);
  const std::unique_ptr<ldns_pkt, FreePacket> packet(read);
  QUARTET_CHECK(ldns_pkt_id(read) == ours.header.id && ldns_pkt_aa(read) == ours.header.authoritative);
  QUARTET_CHECK(ldns_pkt_tc(read) == ours.header.truncated && ldns_pkt_edns(read) == ours.edns.has_value());
  QUARTET_CHECK(ldns_rr_list_rr_count(ldns_pkt_question(read)) == ours.questions.size());
  CheckSection(ldns_pkt_answer(read), ours.answer);
  CheckSection(ldns_pkt_authority(read), ours.authority);
  CheckSection(ldns_pkt_additional(read), ours.additional);
}

}  // namespace quartet::fuzz
