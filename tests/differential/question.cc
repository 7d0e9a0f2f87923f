#include "tests/differential/question.h"

#include <algorithm>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"

namespace quartet::differential {
namespace {

constexpr uint16_t kUnknownOption = 65001;

struct Flag {
  char letter;
  bool Question::*member;
};
constexpr Flag kFlags[] = {{'d', &Question::dnssec_ok},
                           {'c', &Question::mixed_case},
                           {'v', &Question::other_version},
                           {'o', &Question::unknown_option},
                           {'r', &Question::recursion_desired}};

void Put16(std::vector<uint8_t>& out, size_t value) {
  out.push_back(static_cast<uint8_t>(value >> 8));
  out.push_back(static_cast<uint8_t>(value));
}

// Letters in a case that depends on the name only, so that a question asked again is the same.
dns::Name MixCase(const dns::Name& name) {
  std::vector<uint8_t> wire(name.wire().begin(), name.wire().end());
  uint64_t bits = std::hash<std::string>()(name.ToString());
  for (size_t at = 0; wire[at] != 0; at += wire[at] + size_t{1}) {
    for (size_t i = at + 1; i <= at + wire[at]; ++i) {
      bits = bits * 6364136223846793005u + 1442695040888963407u;
      const char letter = static_cast<char>(wire[i]);
      wire[i] = static_cast<uint8_t>(bits >> 63 ? absl::ascii_toupper(letter) : absl::ascii_tolower(letter));
    }
  }
  return dns::Name::FromWire(wire).value_or(name);
}

void PutOpt(const Question& question, std::vector<uint8_t>& out) {
  out.push_back(0);
  Put16(out, static_cast<size_t>(dns::Type::kOpt));
  Put16(out, question.udp_payload);
  Put16(out, question.other_version ? 1 : 0);
  Put16(out, question.dnssec_ok ? 0x8000 : 0);
  Put16(out, question.unknown_option ? 7 : 0);
  if (!question.unknown_option) return;
  Put16(out, kUnknownOption);
  Put16(out, 3);
  out.insert(out.end(), {1, 2, 3});
}

}  // namespace

absl::StatusOr<Question> Question::Parse(absl::string_view line) {
  const std::vector<std::string> words = absl::StrSplit(line, ' ');
  const absl::Status wrong = absl::InvalidArgumentError(absl::StrCat("no question: ", line));
  if (words.size() != 7) return wrong;
  Question question;
  uint32_t number = 0;
  if (!absl::SimpleAtoi(words[0], &question.world)) return wrong;
  question.name = words[1];
  const auto type = dns::ParseType(words[2]);
  if (!type.ok() || !absl::SimpleAtoi(words[3], &number)) return wrong;
  question.type = *type;
  question.record_class = static_cast<dns::Class>(number);
  question.tcp = words[4] == "tcp";
  question.edns = words[5] != "-";
  if (question.edns && !absl::SimpleAtoi(words[5], &number)) return wrong;
  question.udp_payload = static_cast<uint16_t>(question.edns ? number : 0);
  for (const Flag& flag : kFlags) question.*flag.member = words[6].find(flag.letter) != std::string::npos;
  return question;
}

std::string Question::ToLine() const {
  std::string flags;
  for (const Flag& flag : kFlags) {
    if (this->*flag.member) flags += flag.letter;
  }
  return absl::StrCat(world, " ", name, " ", dns::TypeName(type), " ", static_cast<uint32_t>(record_class),
                      " ", tcp ? "tcp" : "udp", " ", edns ? absl::StrCat(udp_payload) : "-", " ",
                      flags.empty() ? "-" : flags);
}

// RFC 6891 §6.2.3: less than 512 is 512.
size_t Question::UdpLimit() const {
  return edns ? std::clamp<size_t>(udp_payload, kPlainUdp, kLargestUdp) : kPlainUdp;
}

dns::Name BaseOf(size_t world) {
  return dns::Name::Parse(absl::StrFormat("w%05d.test.", world)).value_or(dns::Name());
}

absl::StatusOr<dns::Name> NameAsked(const Question& question) {
  auto name = dns::Name::Parse(question.name, BaseOf(question.world));
  if (!name.ok() || !question.mixed_case) return name;
  return MixCase(*name);
}

absl::StatusOr<std::vector<uint8_t>> WireOf(const Question& question) {
  const auto name = NameAsked(question);
  if (!name.ok()) return name.status();
  std::vector<uint8_t> out;
  out.reserve(kPlainUdp);
  out.assign({0, 0, static_cast<uint8_t>(question.recursion_desired ? 1 : 0), 0, 0, 1, 0, 0, 0, 0, 0,
              static_cast<uint8_t>(question.edns ? 1 : 0)});
  out.insert(out.end(), name->wire().begin(), name->wire().end());
  Put16(out, static_cast<size_t>(question.type));
  Put16(out, static_cast<size_t>(question.record_class));
  if (question.edns) PutOpt(question, out);
  return out;
}

}  // namespace quartet::differential
