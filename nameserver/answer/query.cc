#include "nameserver/answer/query.h"

#include <cstring>

#include "dns/rdata/type.h"

namespace quartet::nameserver {
namespace {

constexpr uint16_t kNsidOption = 3;

uint16_t ReadBig16(const uint8_t* at) { return static_cast<uint16_t>(at[0] << 8 | at[1]); }

// Octets of a name that may be compressed, up to and with its root or first pointer; 0 if it does not end.
size_t SkipName(std::span<const uint8_t> bytes) {
  size_t at = 0;
  while (at < bytes.size() && at < dns::Name::kMaxWire) {
    const uint8_t length = bytes[at];
    if (length == 0) return at + 1;
    if (length >= 0xc0) return at + 2 <= bytes.size() ? at + 2 : 0;
    if (length > dns::Name::kMaxLabel) return 0;
    at += length + size_t{1};
  }
  return 0;
}

bool ReadQuestion(std::span<const uint8_t> message, Query* query) {
  const size_t size = query->name.Read(message.subspan(kHeaderSize));
  const size_t fields = kHeaderSize + size;
  if (size == 0 || message.size() - fields < 4) return false;
  query->type = ReadBig16(&message[fields]);
  query->qclass = ReadBig16(&message[fields + 2]);
  query->question_end = fields + 4;
  return true;
}

// RFC 6891 §6.1.2: options are code, length, data. False: they don't fill the record data. Options unknown
// here are ignored, and so is what an NSID option holds (RFC 5001 §2.1).
bool ReadOptions(std::span<const uint8_t> options, Query* query) {
  while (!options.empty()) {
    if (options.size() < 4) return false;
    const size_t length = ReadBig16(&options[2]);
    if (options.size() - 4 < length) return false;
    if (ReadBig16(&options[0]) == kNsidOption) query->wants_nsid = true;
    options = options.subspan(4 + length);
  }
  return true;
}

// `fields`: the record behind its owner, complete.
bool ReadOpt(std::span<const uint8_t> fields, Query* query) {
  if (query->edns) return false;  // RFC 6891 §6.1.1: more than one is FORMERR.
  query->edns = true;
  query->udp_payload = ReadBig16(&fields[2]);
  query->edns_version = fields[5];
  query->dnssec_ok = (fields[6] & 0x80) != 0;
  return ReadOptions(fields.subspan(10), query);
}

// By the header.
bool HasNoRecords(std::span<const uint8_t> message) {
  static constexpr uint8_t kNone[6] = {};
  return std::memcmp(&message[6], kNone, sizeof(kNone)) == 0;
}

// Reads `count` records at `at`, which goes behind them.
bool ReadRecords(std::span<const uint8_t> message, size_t count, bool additional, size_t* at, Query* query) {
  for (; count > 0; --count) {
    const std::span<const uint8_t> rest = message.subspan(*at);
    const size_t owner = SkipName(rest);
    if (owner == 0 || rest.size() - owner < 10) return false;
    const size_t length = ReadBig16(&rest[owner + 8]);
    if (rest.size() - owner - 10 < length) return false;
    if (ReadBig16(&rest[owner]) == static_cast<uint16_t>(dns::Type::kOpt)) {
      if (!ReadOpt(rest.subspan(owner, 10 + length), query) || !additional || rest[0] != 0) return false;
    }
    *at += owner + 10 + length;
  }
  return true;
}

// Reads the sections behind the question, which end at `at`. False: they are damaged.
bool ReadSections(std::span<const uint8_t> message, size_t* at, Query* query) {
  return ReadRecords(message, ReadBig16(&message[6]), false, at, query) &&
         ReadRecords(message, ReadBig16(&message[8]), false, at, query) &&
         ReadRecords(message, ReadBig16(&message[10]), true, at, query);
}

// Looks for the EDNS of what is no standard query with one good question, as far as it can be read.
[[gnu::cold, gnu::noinline]] void FindOpt(std::span<const uint8_t> message, Query* query) {
  size_t at = kHeaderSize;
  for (size_t left = ReadBig16(&message[4]); left > 0; --left) {
    const size_t size = SkipName(message.subspan(at));
    if (size == 0 || message.size() - at - size < 4) return;
    at += size + 4;
  }
  ReadSections(message, &at, query);
}

}  // namespace

ParseOutcome ParseQuery(std::span<const uint8_t> message, Query* query) {
  query->question_end = 0;
  query->edns = false;
  query->dnssec_ok = false;
  query->edns_version = 0;
  query->wants_nsid = false;
  if (message.size() < kHeaderSize || (message[2] & 0x80) != 0) return ParseOutcome::kDrop;
  const size_t questions = ReadBig16(&message[4]);
  const bool has_question = questions == 1 && ReadQuestion(message, query);
  const bool other_opcode = (message[2] & 0x78) != 0;
  // RFC 9619: a query has one question.
  if (other_opcode || !has_question) {
    FindOpt(message, query);
    return other_opcode ? ParseOutcome::kNotImp : ParseOutcome::kFormErr;
  }
  size_t at = query->question_end;
  if (at == message.size() && HasNoRecords(message)) return ParseOutcome::kQuery;
  const bool whole = ReadSections(message, &at, query) && at == message.size();
  return whole ? ParseOutcome::kQuery : ParseOutcome::kFormErr;
}

}  // namespace quartet::nameserver
