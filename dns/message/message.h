// What a DNS message holds (RFC 1035 §4, RFC 6895, RFC 6891), as plain values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "dns/name/name.h"
#include "dns/rdata/record_data.h"
#include "dns/rdata/type.h"

namespace quartet::dns {

inline constexpr size_t kHeaderSize = 12;
inline constexpr size_t kMaxMessageSize = 65535;
// What every UDP peer takes (RFC 1035 §4.2.1).
inline constexpr size_t kMinUdpPayload = 512;

// RFC 6895 §2.2. Any value of 4 bits may come.
enum class Opcode : uint8_t { kQuery = 0, kIquery = 1, kStatus = 2, kNotify = 4, kUpdate = 5, kDso = 6 };

// RFC 6895 §2.3. Any value of 12 bits may come; those over 15 need EDNS (RFC 6891 §6.1.3).
enum class Rcode : uint16_t {
  kNoError = 0,
  kFormErr = 1,
  kServFail = 2,
  kNxDomain = 3,
  kNotImp = 4,
  kRefused = 5,
  kYxDomain = 6,
  kYxRrset = 7,
  kNxRrset = 8,
  kNotAuth = 9,
  kNotZone = 10,
  kBadVers = 16,
  kBadCookie = 23,
};

// "QUERY", "NOTIFY", …; "OPCODE7" for one without a name.
std::string OpcodeName(Opcode opcode);
// "NOERROR", "NXDOMAIN", …, as dig writes them; "RCODE77" for one without a name.
std::string RcodeName(Rcode rcode);

// RFC 1035 §4.1.1, RFC 4035 §3.2 for AD and CD.
struct Header {
  uint16_t id = 0;
  bool response = false;  // QR
  Opcode opcode = Opcode::kQuery;
  bool authoritative = false;        // AA
  bool truncated = false;            // TC
  bool recursion_desired = false;    // RD
  bool recursion_available = false;  // RA
  bool authentic_data = false;       // AD
  bool checking_disabled = false;    // CD
  Rcode rcode = Rcode::kNoError;
  // As the header says, which needn't be true. A writer counts itself and ignores these.
  uint16_t question_count = 0;
  uint16_t answer_count = 0;
  uint16_t authority_count = 0;
  uint16_t additional_count = 0;
};

// RFC 1035 §4.1.2.
struct Question {
  Name name;
  Type type = Type::kA;
  Class record_class = Class::kIn;
};

enum class Section : uint8_t { kAnswer, kAuthority, kAdditional };

// RFC 1035 §4.1.3. The TTL is one of RFC 2181 §8: at most 2^31 - 1.
struct Record {
  Name owner;
  Class record_class;
  uint32_t ttl;
  RecordData data;
};

// RFC 6891 §6.1.2.
struct EdnsOption {
  uint16_t code;
  std::vector<uint8_t> data;
};

// The OPT record (RFC 6891 §6.1), but for the rcode's upper bits, which are joined to Header::rcode.
struct Edns {
  uint16_t udp_payload = 1232;
  uint8_t version = 0;
  bool dnssec_ok = false;  // DO (RFC 3225 §3)
  std::vector<EdnsOption> options;
};

// A whole message. OPT stands in `edns` and in no section.
struct Message {
  Header header;
  std::vector<Question> questions;
  std::vector<Record> answer;
  std::vector<Record> authority;
  std::vector<Record> additional;
  std::optional<Edns> edns;
};

}  // namespace quartet::dns
