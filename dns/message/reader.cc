#include "dns/message/reader.h"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "dns/base/check.h"
#include "dns/rdata/layout.h"
#include "dns/record_set/record_set.h"

namespace quartet::dns {
namespace {

using Bytes = std::span<const uint8_t>;

constexpr uint8_t kLabelTypeMask = 0xc0;
constexpr uint8_t kPointerType = 0xc0;
// No name has more labels, so none needs more pointers; pointers to pointers are cut off here.
constexpr size_t kMaxJumps = Name::kMaxLabels;
// Behind a question's or record's name.
constexpr size_t kQuestionTail = 4;
constexpr size_t kRecordTail = 10;

uint16_t ReadU16(Bytes data) { return static_cast<uint16_t>(data[0] << 8 | data[1]); }

uint32_t ReadU32(Bytes data) { return uint32_t{ReadU16(data)} << 16 | ReadU16(data.subspan(2)); }

// Appends one label with its length octet, or the root's 0.
ReadError AppendLabel(Bytes label, WireName& name) {
  if (name.size + label.size() > Name::kMaxWire) return ReadError::kNameTooLong;
  std::copy(label.begin(), label.end(), name.octets.begin() + name.size);
  name.size = static_cast<uint8_t>(name.size + label.size());
  return ReadError::kNone;
}

// Reads the name at `at`, which must end, or go on by a pointer, before `end`; then `at` is behind it.
ReadError ReadNameWithin(Bytes message, size_t end, size_t& at, WireName& name) {
  name.size = 0;
  size_t here = at;
  size_t part = at;             // where the part being read began: pointers must go before it
  std::optional<size_t> after;  // behind the first pointer
  size_t jumps = 0;
  while (true) {
    const size_t limit = after ? message.size() : end;
    if (here >= limit) return ReadError::kEndsEarly;
    const uint8_t length = message[here];
    if ((length & kLabelTypeMask) == kPointerType) {
      if (limit - here < 2) return ReadError::kEndsEarly;
      const size_t target = ReadU16(message.subspan(here)) & 0x3fff;
      if (target < kHeaderSize || target >= part || ++jumps > kMaxJumps) return ReadError::kPointer;
      if (!after) after = here + 2;
      here = part = target;
      continue;
    }
    if ((length & kLabelTypeMask) != 0) return ReadError::kLabelType;
    if (limit - here < 1 + size_t{length}) return ReadError::kEndsEarly;
    if (const ReadError error = AppendLabel(message.subspan(here, 1 + size_t{length}), name);
        error != ReadError::kNone) {
      return error;
    }
    here += 1 + size_t{length};
    if (length == 0) break;
  }
  at = after.value_or(here);
  return ReadError::kNone;
}

// Decompresses record data of a layout whose names may be compressed. False if a field is malformed.
bool Decompress(const Layout& layout, Bytes message, const RecordView& record, std::string& wire) {
  const size_t end = record.data_offset + record.data.size();
  size_t at = record.data_offset;
  for (Field field : layout.fields) {
    if (field == Field::kName) {
      WireName name;
      if (ReadNameWithin(message, end, at, name) != ReadError::kNone) return false;
      wire.append(reinterpret_cast<const char*>(name.octets.data()), name.size);
      continue;
    }
    const std::optional<size_t> size = FieldSize(field, message.subspan(at, end - at));
    if (!size) return false;
    wire.append(reinterpret_cast<const char*>(message.data()) + at, *size);
    at += *size;
  }
  return at == end;
}

ReadError ReadOptions(Bytes data, std::vector<EdnsOption>& options) {
  while (!data.empty()) {
    if (data.size() < 4) return ReadError::kOptOptions;
    const size_t length = ReadU16(data.subspan(2));
    if (length > data.size() - 4) return ReadError::kOptOptions;
    const Bytes value = data.subspan(4, length);
    options.push_back({ReadU16(data), {value.begin(), value.end()}});
    data = data.subspan(4 + length);
  }
  return ReadError::kNone;
}

ReadError ReadQuestions(Reader& reader, Message& message) {
  for (size_t left = message.header.question_count; left > 0; --left) {
    QuestionView view;
    if (const ReadError error = reader.ReadQuestion(view); error != ReadError::kNone) return error;
    message.questions.push_back({view.name.ToName(), view.type, view.record_class});
  }
  return ReadError::kNone;
}

ReadError TakeOpt(const RecordView& view, Section section, Message& message) {
  if (section != Section::kAdditional) return ReadError::kOptSection;
  if (message.edns) return ReadError::kSecondOpt;
  Edns edns;
  const ReadError error = ReadEdns(view, edns, message.header.rcode);
  if (error == ReadError::kNone) message.edns = std::move(edns);
  return error;
}

ReadError ReadSection(Bytes bytes, Reader& reader, Section section, size_t count,
                      std::vector<Record>& records, Message& message) {
  for (; count > 0; --count) {
    RecordView view;
    if (const ReadError error = reader.ReadRecord(view); error != ReadError::kNone) return error;
    if (view.type == Type::kOpt) {
      if (const ReadError error = TakeOpt(view, section, message); error != ReadError::kNone) return error;
      continue;
    }
    absl::StatusOr<RecordData> data = ReadRecordData(bytes, view);
    if (!data.ok()) return ReadError::kRecordData;
    // RFC 2181 §8: a TTL with its top bit set counts as zero.
    const uint32_t ttl = view.ttl > RecordSet::kMaxTtl ? 0 : view.ttl;
    records.push_back({view.owner.ToName(), view.record_class, ttl, *std::move(data)});
  }
  return ReadError::kNone;
}

}  // namespace

absl::string_view ReadErrorText(ReadError error) {
  switch (error) {
    case ReadError::kNone:
      return "no error";
    case ReadError::kEndsEarly:
      return "message ends early";
    case ReadError::kLabelType:
      return "unknown label type";
    case ReadError::kPointer:
      return "compression pointer does not point back";
    case ReadError::kNameTooLong:
      return "name over 255 octets";
    case ReadError::kRecordData:
      return "malformed record data";
    case ReadError::kOptOwner:
      return "OPT owner is not the root";
    case ReadError::kOptSection:
      return "OPT outside the additional section";
    case ReadError::kSecondOpt:
      return "second OPT";
    case ReadError::kOptOptions:
      return "malformed OPT options";
    case ReadError::kTrailing:
      return "bytes behind the last record";
  }
  return "unknown error";
}

Name WireName::ToName() const {
  absl::StatusOr<Name> name = Name::FromWire(wire());
  QUARTET_CHECK(name.ok());
  return *std::move(name);
}

Reader::Reader(std::span<const uint8_t> message)
    : message_(message.first(std::min(message.size(), kMaxMessageSize))) {}

ReadError Reader::ReadHeader(Header& header) {
  QUARTET_CHECK(at_ == 0);
  if (message_.size() < kHeaderSize) return ReadError::kEndsEarly;
  const uint16_t flags = ReadU16(message_.subspan(2));
  header.id = ReadU16(message_);
  header.response = (flags & 0x8000) != 0;
  header.opcode = static_cast<Opcode>(flags >> 11 & 0xf);
  header.authoritative = (flags & 0x0400) != 0;
  header.truncated = (flags & 0x0200) != 0;
  header.recursion_desired = (flags & 0x0100) != 0;
  header.recursion_available = (flags & 0x0080) != 0;
  header.authentic_data = (flags & 0x0020) != 0;
  header.checking_disabled = (flags & 0x0010) != 0;
  header.rcode = static_cast<Rcode>(flags & 0xf);
  header.question_count = ReadU16(message_.subspan(4));
  header.answer_count = ReadU16(message_.subspan(6));
  header.authority_count = ReadU16(message_.subspan(8));
  header.additional_count = ReadU16(message_.subspan(10));
  at_ = kHeaderSize;
  return ReadError::kNone;
}

ReadError Reader::ReadQuestion(QuestionView& question) {
  size_t at = at_;
  if (const ReadError error = ReadName(message_, at, question.name); error != ReadError::kNone) return error;
  if (message_.size() - at < kQuestionTail) return ReadError::kEndsEarly;
  question.type = static_cast<Type>(ReadU16(message_.subspan(at)));
  question.record_class = static_cast<Class>(ReadU16(message_.subspan(at + 2)));
  at_ = at + kQuestionTail;
  return ReadError::kNone;
}

ReadError Reader::ReadRecord(RecordView& record) {
  size_t at = at_;
  if (const ReadError error = ReadName(message_, at, record.owner); error != ReadError::kNone) return error;
  if (message_.size() - at < kRecordTail) return ReadError::kEndsEarly;
  record.type = static_cast<Type>(ReadU16(message_.subspan(at)));
  record.record_class = static_cast<Class>(ReadU16(message_.subspan(at + 2)));
  record.ttl = ReadU32(message_.subspan(at + 4));
  const size_t length = ReadU16(message_.subspan(at + 8));
  at += kRecordTail;
  if (length > message_.size() - at) return ReadError::kEndsEarly;
  record.data_offset = at;
  record.data = message_.subspan(at, length);
  at_ = at + length;
  return ReadError::kNone;
}

ReadError Reader::ExpectEnd() const {
  return at_ == message_.size() ? ReadError::kNone : ReadError::kTrailing;
}

ReadError ReadName(std::span<const uint8_t> message, size_t& at, WireName& name) {
  return ReadNameWithin(message, message.size(), at, name);
}

absl::StatusOr<RecordData> ReadRecordData(std::span<const uint8_t> message, const RecordView& record) {
  const Layout* layout = FindLayout(record.type);
  if (layout == nullptr || layout->compression == NameCompression::kNone) {
    return RecordData::FromWire(record.type, record.data);
  }
  std::string wire;
  if (!Decompress(*layout, message, record, wire)) {
    return absl::InvalidArgumentError(TypeName(record.type) + " record data: malformed");
  }
  return RecordData::FromWire(record.type, {reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
}

ReadError ReadEdns(const RecordView& record, Edns& edns, Rcode& rcode) {
  QUARTET_CHECK(record.type == Type::kOpt);
  if (record.owner.size != 1) return ReadError::kOptOwner;
  std::vector<EdnsOption> options;
  if (const ReadError error = ReadOptions(record.data, options); error != ReadError::kNone) return error;
  edns.udp_payload = static_cast<uint16_t>(record.record_class);
  edns.version = static_cast<uint8_t>(record.ttl >> 16);
  edns.dnssec_ok = (record.ttl & 0x8000) != 0;
  edns.options = std::move(options);
  rcode = static_cast<Rcode>((record.ttl >> 24) << 4 | (static_cast<uint16_t>(rcode) & 0xf));
  return ReadError::kNone;
}

ReadError ReadMessage(std::span<const uint8_t> bytes, Message& message) {
  message = Message();
  if (bytes.size() > kMaxMessageSize) return ReadError::kTrailing;
  Reader reader(bytes);
  if (const ReadError error = reader.ReadHeader(message.header); error != ReadError::kNone) return error;
  if (const ReadError error = ReadQuestions(reader, message); error != ReadError::kNone) return error;
  const struct {
    Section section;
    size_t count;
    std::vector<Record>& records;
  } sections[] = {
      {Section::kAnswer, message.header.answer_count, message.answer},
      {Section::kAuthority, message.header.authority_count, message.authority},
      {Section::kAdditional, message.header.additional_count, message.additional},
  };
  for (const auto& part : sections) {
    const ReadError error = ReadSection(bytes, reader, part.section, part.count, part.records, message);
    if (error != ReadError::kNone) return error;
  }
  return reader.ExpectEnd();
}

}  // namespace quartet::dns
