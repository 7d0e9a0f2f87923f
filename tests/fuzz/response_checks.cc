#include "tests/fuzz/response_checks.h"

#include <algorithm>
#include <optional>
#include <string>
#include <vector>

#include "dns/base/check.h"
#include "dns/message/reader.h"
#include "tests/fuzz/ldns_records.h"

namespace quartet::fuzz {
namespace {

using dns::Message;
using dns::Rcode;
using dns::Record;
using dns::Type;

// A query that nothing is wrong with; nullopt: something may be.
std::optional<Message> ReadQuery(std::span<const uint8_t> query) {
  Message message;
  if (dns::ReadMessage(query, message) != dns::ReadError::kNone || message.questions.size() != 1)
    return std::nullopt;
  return message;
}

bool HasRecords(const Message& message) {
  return !message.answer.empty() || !message.authority.empty() || !message.additional.empty();
}

void CheckHeader(std::span<const uint8_t> query, std::span<const uint8_t> response) {
  QUARTET_CHECK(response[0] == query[0] && response[1] == query[1]);
  QUARTET_CHECK((response[2] & 0x80) != 0 && (response[2] & 0x79) == (query[2] & 0x79));
  // RA, Z, AD, CD.
  QUARTET_CHECK((response[3] & 0xf0) == 0);
}

void CheckQuestion(std::span<const uint8_t> query, const Message& asked, std::span<const uint8_t> response) {
  const size_t size = dns::kHeaderSize + asked.questions[0].name.wire().size() + 4;
  // A question that was compressed is none: FORMERR, and not repeated.
  if (response[5] == 0) {
    QUARTET_CHECK((response[3] & 0xf) == static_cast<int>(Rcode::kFormErr));
    return;
  }
  QUARTET_CHECK(response.size() >= size && response[4] == 0 && response[5] == 1);
  QUARTET_CHECK(std::equal(query.begin() + dns::kHeaderSize,
                           query.begin() + static_cast<std::ptrdiff_t>(size),
                           response.begin() + dns::kHeaderSize));
}

// RFC 1035 §4.1.1, RFC 2308 §2, RFC 6604.
void CheckCodes(const Message& reply) {
  const bool soa = std::any_of(reply.authority.begin(), reply.authority.end(),
                               [](const Record& record) { return record.data.type() == Type::kSoa; });
  switch (reply.header.rcode) {
    case Rcode::kNxDomain:
      QUARTET_CHECK(soa || reply.header.truncated);
      break;
    case Rcode::kYxDomain:
      QUARTET_CHECK(!reply.answer.empty() && reply.authority.empty());
      break;
    case Rcode::kNoError: {
      const bool referral = !soa && !reply.authority.empty();
      QUARTET_CHECK(!soa || reply.authority.size() == 1);
      QUARTET_CHECK(!referral || !reply.header.authoritative || !reply.answer.empty());
      QUARTET_CHECK(HasRecords(reply) || reply.header.truncated);
      break;
    }
    default:
      QUARTET_CHECK(!HasRecords(reply) && !reply.header.authoritative && !reply.header.truncated);
  }
}

std::string Line(const Record& record) {
  return record.owner.ToLower().ToString() + ' ' + dns::TypeName(record.data.type()) + ' ' +
         record.data.Canonical();
}

std::vector<std::string> Lines(const std::vector<Record>& records) {
  std::vector<std::string> lines;
  lines.reserve(records.size());
  for (const Record& record : records) lines.push_back(Line(record));
  std::sort(lines.begin(), lines.end());
  return lines;
}

void CheckNoneTwice(const std::vector<Record>& records) {
  const std::vector<std::string> lines = Lines(records);
  QUARTET_CHECK(std::adjacent_find(lines.begin(), lines.end()) == lines.end());
}

// All of one type and owner that `part` has some of.
void CheckWholeSets(const std::vector<Record>& part, const std::vector<Record>& whole) {
  const std::vector<std::string> have = Lines(part);
  const std::vector<std::string> all = Lines(whole);
  QUARTET_CHECK(std::includes(all.begin(), all.end(), have.begin(), have.end()));
  for (const Record& record : part) {
    const auto same = [&](const Record& other) {
      return other.owner == record.owner && other.data.type() == record.data.type();
    };
    QUARTET_CHECK(std::count_if(part.begin(), part.end(), same) ==
                  std::count_if(whole.begin(), whole.end(), same));
  }
}

// RFC 9471 §3.1.
void CheckRequiredGlue(const Message& udp, const Message& tcp) {
  if (tcp.authority.empty() || tcp.authority[0].data.type() != Type::kNs) return;
  const std::vector<std::string> have = Lines(udp.additional);
  for (const Record& record : tcp.additional) {
    QUARTET_CHECK(!record.owner.IsWithin(tcp.authority[0].owner) ||
                  std::binary_search(have.begin(), have.end(), Line(record)));
  }
}

}  // namespace

size_t LimitFor(std::span<const uint8_t> query, nameserver::Transport transport, size_t max_udp_payload) {
  if (transport == nameserver::Transport::kTcp) return dns::kMaxMessageSize;
  const std::optional<Message> message = ReadQuery(query);
  if (!message) return max_udp_payload;
  const size_t client = message->edns ? std::max<size_t>(message->edns->udp_payload, 512) : 512;
  return std::min(client, max_udp_payload);
}

Message CheckResponse(std::span<const uint8_t> query, std::span<const uint8_t> response, size_t limit) {
  QUARTET_CHECK(response.size() <= limit && response.size() >= dns::kHeaderSize);
  Message reply;
  // Also: the counts are true, nothing is behind the last record, and pointers lead backwards.
  QUARTET_CHECK(dns::ReadMessage(response, reply) == dns::ReadError::kNone);
  CheckSameAsLdns(response, reply);
  CheckHeader(query, response);
  CheckCodes(reply);
  for (const auto* section : {&reply.answer, &reply.authority, &reply.additional}) CheckNoneTwice(*section);
  if (const std::optional<Message> asked = ReadQuery(query)) {
    CheckQuestion(query, *asked, response);
    QUARTET_CHECK(reply.edns.has_value() == asked->edns.has_value());
    QUARTET_CHECK(!reply.edns ||
                  (reply.edns->version == 0 && reply.edns->dnssec_ok == asked->edns->dnssec_ok));
    QUARTET_CHECK(asked->questions[0].record_class != dns::Class::kAny || !reply.header.authoritative);
  }
  return reply;
}

void CheckTruncation(const Message& udp, size_t udp_size, const Message& tcp, size_t tcp_size, size_t limit) {
  QUARTET_CHECK(!tcp.header.truncated);
  CheckWholeSets(udp.answer, tcp.answer);
  CheckWholeSets(udp.authority, tcp.authority);
  CheckWholeSets(udp.additional, tcp.additional);
  if (tcp_size <= limit) {
    QUARTET_CHECK(udp_size == tcp_size && !udp.header.truncated);
    return;
  }
  if (udp.header.truncated) return;
  QUARTET_CHECK(udp.header.rcode == tcp.header.rcode && udp.header.authoritative == tcp.header.authoritative);
  QUARTET_CHECK(udp.answer.size() == tcp.answer.size() && udp.authority.size() == tcp.authority.size());
  CheckRequiredGlue(udp, tcp);
}

}  // namespace quartet::fuzz
