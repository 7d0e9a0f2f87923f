// Writes DNS messages (RFC 1035 §4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "dns/message/message.h"
#include "dns/name/name.h"
#include "dns/rdata/record_data.h"
#include "dns/record_set/record_set.h"

namespace quartet::dns {

// Composes one message of at most `limit` octets: header, then questions, then records section by section.
// Names are compressed (RFC 1035 §4.1.4): owners always, names in data where RFC 3597 §4 allows it; only
// against names of the same case, so that case survives.
//
// What does not fit is left out whole, and the message stays valid: a record set is in it with all of its
// records or with none (RFC 2181 §9). Leaving out a question or something of the answer or authority section
// sets TC, after which nothing more is taken; an additional record set may be missing without TC.
//
// Adding to a section after a later one breaks an invariant of the caller. Not thread-safe.
class Writer {
 public:
  // `limit` is at least kHeaderSize and at most kMaxMessageSize. The header's counts are ignored. An rcode
  // over 15 needs SetEdns before Finish.
  explicit Writer(const Header& header, size_t limit = kMaxMessageSize);

  // Keeps room for an OPT record, which is written last. Before the first record. False, and nothing done, if
  // there is no room.
  bool SetEdns(Edns edns);

  // Each: false if it was left out.
  bool AddQuestion(const Question& question);
  bool AddRecordSet(Section section, const RecordSet& set, Class record_class = Class::kIn);
  bool AddRecord(Section section, const Record& record);

  bool truncated() const { return header_.truncated; }

  // The message. The writer is spent.
  std::vector<uint8_t> Finish() &&;

 private:
  // Where to go back to when something does not fit.
  struct Mark {
    size_t size;
    size_t suffixes;
  };

  Mark MarkHere() const { return {out_.size(), suffixes_.size()}; }
  void RollBack(const Mark& mark);
  bool Enter(size_t section);
  // Keeps what was written since `mark` and counts it, or takes it back.
  bool Settle(const Mark& mark, size_t section, size_t count);

  void PutU16(uint16_t value);
  void PutU32(uint32_t value);
  void PutBytes(std::span<const uint8_t> bytes);
  void PutName(const Name& name);
  void PutData(const RecordData& data);
  void PutRecord(const Name& owner, Class record_class, uint32_t ttl, const RecordData& data);
  void PutEdns();
  void PutHeader();

  Header header_;
  const size_t limit_;
  size_t reserved_ = 0;  // octets kept for the OPT record
  std::optional<Edns> edns_;
  std::vector<uint8_t> out_;
  // 0 questions, 1 answer, 2 authority, 3 additional: the one being written, and how many are in each.
  size_t section_ = 0;
  size_t counts_[4] = {};
  // Where each suffix written so far stands, by its exact octets; and the same suffixes in order of writing.
  absl::flat_hash_map<std::string, uint16_t> offsets_;
  std::vector<std::string> suffixes_;
};

// A query for `question` with one OPT record if `edns` is given, whose options must fit.
std::vector<uint8_t> WriteQuery(uint16_t id, const Question& question, bool recursion_desired = false,
                                std::optional<Edns> edns = std::nullopt);

}  // namespace quartet::dns
