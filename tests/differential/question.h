// One question of the differential test: what is asked, and how.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/name/name.h"
#include "dns/rdata/type.h"

namespace quartet::differential {

// What a UDP answer may be without EDNS (RFC 1035 §4.2.1), and what every server here is told to send at most.
inline constexpr size_t kPlainUdp = 512;
inline constexpr size_t kLargestUdp = 1232;

// A value type. As a line: "WORLD NAME TYPE CLASS udp|tcp EDNS FLAGS", NAME relative to the world's base or with
// a final dot; EDNS is "-" or the UDP size; FLAGS are letters: d (DO), c (letters in random case), v (EDNS
// version 1), o (an option nobody knows), r (RD), "-" for none.
struct Question {
  size_t world = 0;
  std::string name;
  dns::Type type = dns::Type::kA;
  dns::Class record_class = dns::Class::kIn;
  bool tcp = false;
  bool edns = false;
  uint16_t udp_payload = 0;
  bool dnssec_ok = false;
  bool mixed_case = false;
  bool other_version = false;
  bool unknown_option = false;
  bool recursion_desired = false;

  static absl::StatusOr<Question> Parse(absl::string_view line);
  std::string ToLine() const;

  // What a UDP answer to it may be long.
  size_t UdpLimit() const;
};

// All names of a world are at or below its base: "w00042.test.".
dns::Name BaseOf(size_t world);
// The name asked for, in the letters asked with.
absl::StatusOr<dns::Name> NameAsked(const Question& question);
// The message, with id 0.
absl::StatusOr<std::vector<uint8_t>> WireOf(const Question& question);

}  // namespace quartet::differential
