// A zone and questions, both made of the input. Each answer is checked on its own (response_checks.h), over UDP against
// that over TCP, with just enough room and less, and against the reference that reads RFC 1034 §4.3.2 aloud; then the
// query is damaged, and its answer checked again. At the end all are asked once more in one group, and must get the same bytes.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "dns/message/reader.h"
#include "nameserver/answer/query_group.h"
#include "nameserver/answer/reference_answer.h"
#include "nameserver/answer/test_server.h"
#include "tests/fuzz/byte_source.h"
#include "tests/fuzz/random_zone.h"
#include "tests/fuzz/response_checks.h"

namespace quartet::fuzz {
namespace {

using dns::Type;
using nameserver::Ask;
using nameserver::ReferenceAnswer;
using nameserver::ReferenceZone;
using nameserver::Transport;

constexpr size_t kMostQueries = 8;
// Each may be asked twice, the second time damaged.
static_assert(2 * kMostQueries <= nameserver::QueryGroup::kSize);
constexpr uint16_t kPayload = 1232;
// What the engine follows (answer/response.h); the reference follows all.
constexpr size_t kMostSteps = 16;

constexpr Type kTypes[] = {Type::kA,     Type::kAaaa,  Type::kNs,  Type::kMx,  Type::kTxt, Type::kSrv,
                           Type::kCname, Type::kDname, Type::kDs,  Type::kSoa, Type::kAny, Type::kPtr,
                           Type{65280},  Type::kAxfr,  Type::kOpt, Type{0}};

struct Zone {
  Zone(ByteSource& in, const dns::Name& its_apex)
      : apex(its_apex), sets(TakeZone(in, apex)), reference(apex, sets) {}

  dns::Name apex;
  std::vector<dns::RecordSet> sets;
  ReferenceZone reference;
};

// The zone of the input, and in one input of four another below it, at `c`.
std::vector<Zone> TakeZones(ByteSource& in) {
  const dns::Name apex = in.OneIn(8) ? dns::Name() : *dns::Name::Parse("Zone.test.");
  std::vector<Zone> zones;
  zones.reserve(2);
  zones.emplace_back(in, apex);
  if (in.OneIn(4)) zones.emplace_back(in, *apex.Prepend("c"));
  return zones;
}

// The longest apex; of DS at an apex, the longest but that (RFC 4035 §3.1.4.1). nullptr: none.
const Zone* ZoneFor(const std::vector<Zone>& zones, const dns::Name& name, Type type) {
  const Zone* found = nullptr;
  for (const Zone& zone : zones) {
    const bool child_side = type == Type::kDs && zone.apex == name && found != nullptr;
    if (name.IsWithin(zone.apex) && !child_side) found = &zone;
  }
  return found;
}

// What it serves is replaced by every input.
class Served {
 public:
  void Load(const std::vector<Zone>& zones) {
    for (const char* id : {"0", "1"}) server_.directory().Remove(id);
    server_.directory().Publish();
    for (size_t i = 0; i < zones.size(); ++i) {
      const absl::Status status =
          server_.directory().Install(absl::StrCat(i), nameserver::BuildZone(zones[i].apex, zones[i].sets));
      QUARTET_CHECK(status.ok());
    }
    server_.directory().Publish();
    nameserver::RcuThread::Quiescent();
  }
  nameserver::TestServer& server() { return server_; }

 private:
  nameserver::TestServer server_;
};

struct Question {
  dns::Name name;
  Type type;
  Ask ask;
};

dns::Name RandomCase(ByteSource& in, const dns::Name& name) {
  std::vector<uint8_t> wire(name.wire().begin(), name.wire().end());
  const uint8_t mask = in.Take();
  for (size_t i = 0; i < wire.size(); ++i) {
    if (absl::ascii_isalpha(wire[i]) && (mask >> (i % 8) & 1) != 0) wire[i] ^= 0x20;
  }
  return *dns::Name::FromWire(wire);
}

Question TakeQuestion(ByteSource& in, const Zone& zone) {
  Question question;
  const size_t way = in.Below(4);
  question.name = way == 0 ? TakeName(in, zone.apex, 6) : zone.sets[in.Below(zone.sets.size())].owner();
  if (way == 1) question.name = TakeName(in, question.name, 2);
  if (in.OneIn(32)) question.name = *dns::Name::Parse("elsewhere.example.");
  question.name = RandomCase(in, question.name);
  question.type = kTypes[in.Below(std::size(kTypes))];
  if (in.OneIn(16)) question.ask.qclass = in.OneIn(2) ? dns::Class::kAny : dns::Class::kChaos;
  static constexpr uint16_t kSizes[] = {0, 512, 513, 600, 900, 1232, 4096, 65535};
  if (in.OneIn(2)) {
    question.ask.edns = dns::Edns{kSizes[in.Below(std::size(kSizes))], 0, in.OneIn(2), {}};
    if (in.OneIn(4)) question.ask.edns->options.push_back({static_cast<uint16_t>(in.Below(16)), {1, 2, 3}});
    if (in.OneIn(16)) question.ask.edns->version = in.Take();
  }
  return question;
}

std::set<std::string> Lines(const std::vector<std::string>& lines) {
  std::set<std::string> out;
  for (const std::string& line : lines) out.insert(absl::AsciiStrToLower(line));
  return out;
}

std::set<std::string> Lines(const std::set<std::string>& lines) {
  return Lines(std::vector(lines.begin(), lines.end()));
}

bool IsAlias(const std::string& line) {
  return line.find(" CNAME ") != std::string::npos || line.find(" DNAME ") != std::string::npos;
}

void CompareWithReference(const Zone& zone, const Question& question, const std::vector<uint8_t>& response) {
  const ReferenceAnswer expected = zone.reference.Answer(question.name, question.type);
  if (std::count_if(expected.answer.begin(), expected.answer.end(), IsAlias) > static_cast<int>(kMostSteps))
    return;
  const nameserver::Reply reply = nameserver::ReadReply(response);
  const bool authoritative = expected.authoritative && question.ask.qclass != dns::Class::kAny;
  QUARTET_CHECK(reply.rcode == expected.rcode && reply.authoritative == authoritative);
  QUARTET_CHECK(Lines(reply.answer) == Lines(expected.answer));
  QUARTET_CHECK(Lines(reply.authority) == Lines(expected.authority));
  QUARTET_CHECK(Lines(reply.additional) == Lines(expected.additional));
}

class Inquiry {
 public:
  Inquiry(ByteSource& in, Served& served) : in_(in), served_(served) {}

  void Run() {
    const std::vector<Zone> zones = TakeZones(in_);
    served_.Load(zones);
    for (size_t left = kMostQueries; left > 0 && !in_.empty(); --left) {
      const Question question = TakeQuestion(in_, zones[in_.Below(zones.size())]);
      std::vector<uint8_t> query = nameserver::MakeQuery(question.name, question.type, question.ask);
      const std::vector<uint8_t> response = AskBoth(query);
      const Zone* zone = ZoneFor(zones, question.name, question.type);
      if (IsStandard(question) && zone != nullptr) CompareWithReference(*zone, question, response);
      if (response.size() > dns::kMinUdpPayload) AskAroundItsSize(question);
      if (in_.OneIn(4)) AskBoth(Damaged(std::move(query)));
    }
    AskInOneGroup();
  }

 private:
  static bool IsStandard(const Question& question) {
    return question.type != Type::kAxfr && question.ask.qclass != dns::Class::kChaos &&
           (!question.ask.edns || question.ask.edns->version == 0);
  }

  std::vector<uint8_t> Damaged(std::vector<uint8_t> query) {
    for (size_t left = 1 + in_.Below(4); left > 0; --left) query[in_.Below(query.size())] = in_.Take();
    if (in_.OneIn(4)) query.resize(in_.Below(query.size() + 1));
    return query;
  }

  // The response over TCP, empty if there is none.
  std::vector<uint8_t> AskBoth(const std::vector<uint8_t>& query) {
    const auto raw = [&](Transport transport) {
      return served_.server().Raw(query, {transport, kPayload, &identity_});
    };
    const std::vector<uint8_t> udp = raw(Transport::kUdp);
    asked_.push_back({query, udp});
    std::vector<uint8_t> tcp = raw(Transport::kTcp);
    const bool wanted = query.size() >= dns::kHeaderSize && (query[2] & 0x80) == 0;
    QUARTET_CHECK(udp.empty() == !wanted && tcp.empty() == !wanted);
    if (!wanted) return {};
    const size_t limit = LimitFor(query, Transport::kUdp, kPayload);
    const dns::Message over_udp = CheckResponse(query, udp, limit);
    const dns::Message over_tcp = CheckResponse(query, tcp, dns::kMaxMessageSize);
    if (IsWhole(query)) CheckTruncation(over_udp, udp.size(), over_tcp, tcp.size(), limit);
    return tcp;
  }

  // Over UDP with a little less room than the answer needs, just enough, and anything below.
  void AskAroundItsSize(Question question) {
    if (!question.ask.edns) question.ask.edns.emplace();
    const auto response = [&](Transport transport, size_t payload) {
      question.ask.edns->udp_payload = static_cast<uint16_t>(payload);
      const std::vector<uint8_t> query = nameserver::MakeQuery(question.name, question.type, question.ask);
      std::vector<uint8_t> bytes = served_.server().Raw(query, {transport, UINT16_MAX, &identity_});
      dns::Message message = CheckResponse(query, bytes, transport == Transport::kUdp ? payload : UINT16_MAX);
      return std::pair(std::move(message), bytes.size());
    };
    const auto [whole, size] = response(Transport::kTcp, UINT16_MAX);
    for (const size_t less : {size_t{0}, size_t{1}, 1 + in_.Below(30), 1 + in_.Below(size)}) {
      const size_t payload = std::max(size - less, dns::kMinUdpPayload);
      const auto [part, part_size] = response(Transport::kUdp, payload);
      CheckTruncation(part, part_size, whole, size, payload);
    }
  }

  // Looked up side by side, as a server does it.
  void AskInOneGroup() {
    nameserver::QueryGroup group(served_.server().directory(), {Transport::kUdp, kPayload, &identity_});
    for (const Asked& one : asked_) group.Take(one.query);
    group.LookUp();
    for (size_t i = 0; i < asked_.size(); ++i) {
      std::vector<uint8_t> out(kPayload);
      out.resize(group.Respond(i, out));
      QUARTET_CHECK(out == asked_[i].response);
    }
  }

  // Else its limit is not known.
  static bool IsWhole(const std::vector<uint8_t>& query) {
    dns::Message message;
    return dns::ReadMessage(query, message) == dns::ReadError::kNone;
  }

  struct Asked {
    std::vector<uint8_t> query;
    std::vector<uint8_t> response;
  };

  const nameserver::ServerIdentity identity_ = {"nsid", "id", "version"};
  ByteSource& in_;
  Served& served_;
  std::vector<Asked> asked_;
};

}  // namespace
}  // namespace quartet::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static quartet::fuzz::Served served;
  quartet::fuzz::ByteSource in({data, size});
  quartet::fuzz::Inquiry(in, served).Run();
  return 0;
}
