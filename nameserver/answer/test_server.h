// Zones from text, questions from text, answers as text: for tests.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "dns/message/message.h"
#include "dns/record_set/record_set.h"
#include "nameserver/answer/answer.h"
#include "nameserver/zone/directory.h"
#include "nameserver/zone/rcu.h"

namespace quartet::nameserver {

// A response, taken apart. Records are "owner ttl type data", in the order of the message.
struct Reply {
  std::string rcode;
  bool authoritative = false;
  bool truncated = false;
  std::vector<std::string> answer;
  std::vector<std::string> authority;
  std::vector<std::string> additional;
  std::optional<dns::Edns> edns;
  dns::Message message;
  std::vector<uint8_t> bytes;
};

// How a question is put.
struct Ask {
  Transport transport = Transport::kUdp;
  std::optional<dns::Edns> edns = std::nullopt;
  dns::Class qclass = dns::Class::kIn;
  const ServerIdentity* identity = nullptr;
};

// A query's OPT record with these options, and 1,232 octets for the answer.
inline dns::Edns EdnsWith(std::vector<dns::EdnsOption> options = {}) {
  return {1232, 0, false, std::move(options)};
}

// A directory whose reader is the calling thread.
class TestServer {
 public:
  // Serves the zone from now on; `text` is a zone file with its own SOA. The TTL is 300 where none is given.
  void Load(absl::string_view apex, absl::string_view text);
  void Fail(absl::string_view apex);
  void Remove(absl::string_view apex);

  // `question`: "name type". Aborts if the response is no well-formed message that repeats the question.
  Reply Query(absl::string_view question, const Ask& ask = {}) const;
  // The response to any bytes; empty: none.
  std::vector<uint8_t> Raw(const std::vector<uint8_t>& query, const Context& context = {}) const;

  Directory& directory() { return directory_; }

 private:
  Directory directory_;
  // Ends first: the directory's end waits for readers.
  RcuThread rcu_;
};

// The record sets of a zone file, SOA and apex NS included, in any order. Aborts on faults.
std::vector<dns::RecordSet> ReadZone(const dns::Name& apex, absl::string_view text);
ZoneBuilder BuildZone(const dns::Name& apex, const std::vector<dns::RecordSet>& record_sets);

dns::Name NameOf(absl::string_view text);
// A query message with one question.
std::vector<uint8_t> MakeQuery(const dns::Name& name, dns::Type type, const Ask& ask = {});
Reply ReadReply(std::vector<uint8_t> bytes);

}  // namespace quartet::nameserver
