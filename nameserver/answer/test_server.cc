#include "nameserver/answer/test_server.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "dns/base/check.h"
#include "dns/message/reader.h"
#include "dns/message/writer.h"
#include "dns/zonefile/importer.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

// Any text of this length will do.
std::string IdOf(absl::string_view apex) { return absl::StrCat("Z", apex); }

std::vector<std::string> Lines(const std::vector<dns::Record>& records) {
  std::vector<std::string> lines;
  lines.reserve(records.size());
  for (const dns::Record& record : records) {
    lines.push_back(absl::StrCat(record.owner.ToString(), " ", record.ttl, " ",
                                 dns::TypeName(record.data.type()), " ", record.data.ToString()));
  }
  return lines;
}

}  // namespace

dns::Name NameOf(absl::string_view text) {
  auto name = dns::Name::Parse(text);
  QUARTET_CHECK(name.ok());
  return *std::move(name);
}

std::vector<dns::RecordSet> ReadZone(const dns::Name& apex, absl::string_view text) {
  dns::ImportOptions options;
  options.apex = apex;
  options.file_name = "test";
  dns::ImportResult zone = dns::Import(absl::StrCat("$TTL 300\n", text), options);
  for (const dns::Fault& fault : zone.faults)
    std::fprintf(stderr, "%u: %s\n", fault.line, fault.message.c_str());
  QUARTET_CHECK(zone.ok());
  std::vector<dns::RecordSet> sets = std::move(zone.record_sets);
  if (zone.soa) sets.push_back(*std::move(zone.soa));
  if (zone.apex_ns) sets.push_back(*std::move(zone.apex_ns));
  return sets;
}

ZoneBuilder BuildZone(const dns::Name& apex, const std::vector<dns::RecordSet>& record_sets) {
  std::map<std::string, std::string> values;
  for (const dns::RecordSet& set : record_sets) {
    values[replication::RecordKey(set.owner(), apex, set.type())] = replication::EncodeServed(set, apex);
  }
  ZoneBuilder builder(apex);
  for (const auto& [key, value] : values) QUARTET_CHECK(builder.Add(key, value).ok());
  return builder;
}

void TestServer::Load(absl::string_view apex, absl::string_view text) {
  const dns::Name name = NameOf(apex);
  QUARTET_CHECK(directory_.Install(IdOf(apex), BuildZone(name, ReadZone(name, text))).ok());
  directory_.Publish();
}

void TestServer::Fail(absl::string_view apex) {
  QUARTET_CHECK(directory_.Fail(IdOf(apex), NameOf(apex)).ok());
  directory_.Publish();
}

void TestServer::Remove(absl::string_view apex) {
  directory_.Remove(IdOf(apex));
  directory_.Publish();
}

std::vector<uint8_t> TestServer::Raw(const std::vector<uint8_t>& query, const Context& context) const {
  // On the heap at its exact size, so that a sanitizer sees every octet too far.
  const std::vector<uint8_t> exact(query.begin(), query.end());
  std::vector<uint8_t> out(context.transport == Transport::kUdp ? context.max_udp_payload : kMaxTcpResponse);
  out.resize(Answer(exact, context, directory_, out));
  return out;
}

std::vector<uint8_t> MakeQuery(const dns::Name& name, dns::Type type, const Ask& ask) {
  std::vector<uint8_t> query;
  query.reserve(dns::kMinUdpPayload);
  query.assign({0x12, 0x34, 0, 0, 0, 1, 0, 0, 0, 0, 0, static_cast<uint8_t>(ask.edns ? 1 : 0)});
  const auto put16 = [&](size_t value) {
    query.push_back(static_cast<uint8_t>(value >> 8));
    query.push_back(static_cast<uint8_t>(value));
  };
  query.insert(query.end(), name.wire().begin(), name.wire().end());
  put16(static_cast<size_t>(type));
  put16(static_cast<size_t>(ask.qclass));
  if (!ask.edns) return query;
  query.push_back(0);
  put16(static_cast<size_t>(dns::Type::kOpt));
  put16(ask.edns->udp_payload);
  put16(ask.edns->version);
  put16(ask.edns->dnssec_ok ? 0x8000 : 0);
  const size_t length_at = query.size();
  put16(0);
  for (const dns::EdnsOption& option : ask.edns->options) {
    put16(option.code);
    put16(option.data.size());
    query.insert(query.end(), option.data.begin(), option.data.end());
  }
  const size_t length = query.size() - length_at - 2;
  query[length_at] = static_cast<uint8_t>(length >> 8);
  query[length_at + 1] = static_cast<uint8_t>(length);
  return query;
}

Reply ReadReply(std::vector<uint8_t> bytes) {
  Reply reply;
  reply.bytes = std::move(bytes);
  const dns::ReadError error = dns::ReadMessage(reply.bytes, reply.message);
  if (error != dns::ReadError::kNone)
    std::fprintf(stderr, "%s\n", std::string(dns::ReadErrorText(error)).c_str());
  QUARTET_CHECK(error == dns::ReadError::kNone);
  const dns::Message& message = reply.message;
  QUARTET_CHECK(message.header.response && !message.header.recursion_available &&
                !message.header.authentic_data);
  reply.rcode = dns::RcodeName(message.header.rcode);
  reply.authoritative = message.header.authoritative;
  reply.truncated = message.header.truncated;
  reply.answer = Lines(message.answer);
  reply.authority = Lines(message.authority);
  reply.additional = Lines(message.additional);
  reply.edns = message.edns;
  return reply;
}

Reply TestServer::Query(absl::string_view question, const Ask& ask) const {
  const std::vector<std::string> words = absl::StrSplit(question, ' ');
  QUARTET_CHECK(words.size() == 2);
  const auto type = dns::ParseType(words[1]);
  QUARTET_CHECK(type.ok());
  const dns::Name name = NameOf(words[0]);
  const Context context = {ask.transport, 1232, ask.identity};
  Reply reply = ReadReply(Raw(MakeQuery(name, *type, ask), context));
  const dns::Message& message = reply.message;
  QUARTET_CHECK(message.header.id == 0x1234 && message.questions.size() == 1);
  QUARTET_CHECK(message.questions[0].name.SameCase(name) && message.questions[0].type == *type);
  return reply;
}

}  // namespace quartet::nameserver
