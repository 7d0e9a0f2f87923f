#include "tests/differential/reply.h"

#include <ldns/ldns.h>

#include <memory>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dns/name/name.h"
#include "dns/rdata/record_data.h"

namespace quartet::differential {
namespace {

// Records of a section printed.
constexpr size_t kShown = 14;

struct PacketFree {
  void operator()(ldns_pkt* packet) const { ldns_pkt_free(packet); }
};

std::string Octets(const ldns_rdf* field) {
  std::string octets(reinterpret_cast<const char*>(ldns_rdf_data(field)), ldns_rdf_size(field));
  if (ldns_rdf_get_type(field) != LDNS_RDF_TYPE_DNAME) return octets;
  // Length octets are below 64, so no letters.
  return absl::AsciiStrToLower(octets);
}

Record Convert(const ldns_rr* rr) {
  Record record;
  record.owner = Octets(ldns_rr_owner(rr));
  record.type = static_cast<dns::Type>(ldns_rr_get_type(rr));
  record.record_class = static_cast<uint16_t>(ldns_rr_get_class(rr));
  for (size_t i = 0; i < ldns_rr_rd_count(rr); ++i) record.data += Octets(ldns_rr_rdf(rr, i));
  return record;
}

void TakeSection(const ldns_rr_list* list, Records* records, Reply* reply) {
  for (size_t i = 0; i < ldns_rr_list_rr_count(list); ++i) {
    const ldns_rr* rr = ldns_rr_list_rr(list, i);
    const Record record = Convert(rr);
    if (records != &reply->additional) {
      reply->ttls.emplace(absl::StrCat(NameText(record.owner), " ", dns::TypeName(record.type)),
                          ldns_rr_ttl(rr));
    }
    if (!records->insert(record).second)
      (records == &reply->additional ? reply->repeats : reply->malformed) = true;
  }
}

void DescribeSection(const char* title, const Records& records, std::string* out) {
  size_t shown = 0;
  for (const Record& record : records) {
    if (++shown > kShown) {
      absl::StrAppend(out, "    ", title, "  and ", records.size() - kShown, " more\n");
      return;
    }
    absl::StrAppend(out, "    ", title, "  ", record.ToString(), "\n");
  }
}

}  // namespace

std::string NameText(const std::string& wire) {
  const auto name = dns::Name::FromWire({reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  return name.ok() ? name->ToString() : "?";
}

std::string Record::ToString() const {
  const auto parsed =
      dns::RecordData::FromWire(type, {reinterpret_cast<const uint8_t*>(data.data()), data.size()});
  return absl::StrCat(NameText(owner), " ", record_class == 1 ? "" : absl::StrCat("CLASS", record_class, " "),
                      dns::TypeName(type), " ", parsed.ok() ? parsed->ToString() : "?");
}

Reply ReadReply(std::span<const uint8_t> message) {
  Reply reply;
  if (message.empty()) return reply;
  reply.missing = false;
  reply.size = message.size();
  ldns_pkt* parsed = nullptr;
  if (ldns_wire2pkt(&parsed, message.data(), message.size()) != LDNS_STATUS_OK) {
    reply.malformed = true;
    return reply;
  }
  const std::unique_ptr<ldns_pkt, PacketFree> packet(parsed);
  reply.edns = ldns_pkt_edns(parsed);
  reply.rcode = static_cast<dns::Rcode>(ldns_pkt_get_rcode(parsed) |
                                        (reply.edns ? ldns_pkt_edns_extended_rcode(parsed) << 4 : 0));
  reply.authoritative = ldns_pkt_aa(parsed);
  reply.truncated = ldns_pkt_tc(parsed);
  reply.recursion_available = ldns_pkt_ra(parsed);
  TakeSection(ldns_pkt_answer(parsed), &reply.answer, &reply);
  TakeSection(ldns_pkt_authority(parsed), &reply.authority, &reply);
  TakeSection(ldns_pkt_additional(parsed), &reply.additional, &reply);
  return reply;
}

std::string Describe(const Reply& reply) {
  if (reply.missing) return "no answer\n";
  std::string out = absl::StrCat(dns::RcodeName(reply.rcode), reply.authoritative ? " AA" : "",
                                 reply.truncated ? " TC" : "", reply.recursion_available ? " RA" : "", " ",
                                 reply.size, " octets", reply.malformed ? " MALFORMED" : "", "\n");
  DescribeSection("answer    ", reply.answer, &out);
  DescribeSection("authority ", reply.authority, &out);
  DescribeSection("additional", reply.additional, &out);
  return out;
}

}  // namespace quartet::differential
