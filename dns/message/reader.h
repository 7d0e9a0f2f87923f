// Reads DNS messages (RFC 1035 §4). The bytes may be anything: every read is bounded, every error has a name.
//
// ReadMessage reads a whole message into values. A Reader walks one step by step and allocates nothing.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "dns/message/message.h"
#include "dns/name/name.h"
#include "dns/rdata/record_data.h"
#include "dns/rdata/type.h"

namespace quartet::dns {

enum class ReadError : uint8_t {
  kNone,
  kEndsEarly,    // fewer bytes than the header, a length or a count says
  kLabelType,    // a label that is neither plain nor a pointer (RFC 6891 §5 ended the others)
  kPointer,      // a compression pointer that does not point to before the name it stands in
  kNameTooLong,  // over 255 octets
  kRecordData,   // record data that is malformed for its type
  kOptOwner,     // OPT with an owner other than the root (RFC 6891 §6.1.2)
  kOptSection,   // OPT outside the additional section
  kSecondOpt,    // a second OPT (RFC 6891 §6.1.1)
  kOptOptions,   // OPT options that do not fill their record data
  kTrailing,     // bytes behind the last record
};

// A few words for logs and test failures.
absl::string_view ReadErrorText(ReadError error);

// A name decompressed into a buffer of its own.
struct WireName {
  std::array<uint8_t, Name::kMaxWire> octets;
  uint8_t size = 0;  // 0: not read yet

  std::span<const uint8_t> wire() const { return {octets.data(), size}; }
  // Precondition: read without error.
  Name ToName() const;
};

struct QuestionView {
  WireName name;
  Type type;
  Class record_class;
};

// A record whose data is not looked into.
struct RecordView {
  WireName owner;
  Type type;
  Class record_class;
  uint32_t ttl;        // as it stands: OPT keeps flags there
  size_t data_offset;  // in the message; `data` may hold names compressed against the whole of it
  std::span<const uint8_t> data;
};

// Walks a message from front to back: header, questions, records, as many of each as the header says. After
// an error the reader stays where it was. `message` must outlive reader and views; at most 65,535 octets are
// looked at.
class Reader {
 public:
  explicit Reader(std::span<const uint8_t> message);

  // The header's rcode has its lower four bits only. Must be the first call.
  ReadError ReadHeader(Header& header);
  ReadError ReadQuestion(QuestionView& question);
  ReadError ReadRecord(RecordView& record);
  // kTrailing unless everything has been read.
  ReadError ExpectEnd() const;

  size_t offset() const { return at_; }

 private:
  std::span<const uint8_t> message_;
  size_t at_ = 0;
};

// Reads the name at `at` in `message`, following pointers (RFC 1035 §4.1.4), and moves `at` behind it. Each
// pointer must point to before all that has been read of the name so far, and behind the header: so there are
// no loops, and at most 127 jumps.
ReadError ReadName(std::span<const uint8_t> message, size_t& at, WireName& name);

// The record's data with its names decompressed, where the type may have compressed ones (RFC 3597 §4).
// `record` must have been read from `message`.
absl::StatusOr<RecordData> ReadRecordData(std::span<const uint8_t> message, const RecordView& record);

// The OPT record's contents; the rcode's upper eight bits are joined to `rcode`.
ReadError ReadEdns(const RecordView& record, Edns& edns, Rcode& rcode);

// Reads a whole message. kRecordData too for the empty records of dynamic updates (RFC 2136 §2.4), which
// Quartet does not take. `message` holds what was read before the error.
ReadError ReadMessage(std::span<const uint8_t> bytes, Message& message);

}  // namespace quartet::dns
