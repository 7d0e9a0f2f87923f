// Any bytes as a DNS message: reading ends, and what was read is written and read back the same.
#include <algorithm>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "dns/base/check.h"
#include "dns/message/reader.h"
#include "dns/message/writer.h"

namespace quartet::dns {
namespace {

void CheckSame(const std::vector<Record>& a, const std::vector<Record>& b) {
  QUARTET_CHECK(a.size() == b.size());
  for (size_t i = 0; i < a.size(); ++i) {
    QUARTET_CHECK(a[i].owner.SameCase(b[i].owner));
    QUARTET_CHECK(a[i].record_class == b[i].record_class && a[i].ttl == b[i].ttl);
    QUARTET_CHECK(a[i].data.type() == b[i].data.type());
    QUARTET_CHECK(std::equal(a[i].data.wire().begin(), a[i].data.wire().end(), b[i].data.wire().begin(),
                             b[i].data.wire().end()));
  }
}

bool Add(Writer& writer, Section section, const std::vector<Record>& records) {
  return std::all_of(records.begin(), records.end(),
                     [&](const Record& record) { return writer.AddRecord(section, record); });
}

// Names that came compressed where Quartet writes them whole may make it too long: then nothing is to be
// compared.
bool Write(const Message& message, std::vector<uint8_t>& wire) {
  Writer writer(message.header);
  if (message.edns && !writer.SetEdns(*message.edns)) return false;
  const bool whole = std::all_of(message.questions.begin(), message.questions.end(),
                                 [&](const Question& question) { return writer.AddQuestion(question); }) &&
                     Add(writer, Section::kAnswer, message.answer) &&
                     Add(writer, Section::kAuthority, message.authority) &&
                     Add(writer, Section::kAdditional, message.additional);
  if (whole) wire = std::move(writer).Finish();
  return whole;
}

void CheckWritesBack(Message message) {
  message.header.truncated = false;  // a writer takes nothing more after TC
  std::vector<uint8_t> wire;
  if (!Write(message, wire)) return;
  Message again;
  QUARTET_CHECK(ReadMessage(wire, again) == ReadError::kNone);
  QUARTET_CHECK(again.header.id == message.header.id && again.header.rcode == message.header.rcode);
  QUARTET_CHECK(again.header.opcode == message.header.opcode);
  QUARTET_CHECK(again.questions.size() == message.questions.size());
  for (size_t i = 0; i < again.questions.size(); ++i) {
    QUARTET_CHECK(again.questions[i].name.SameCase(message.questions[i].name));
  }
  CheckSame(again.answer, message.answer);
  CheckSame(again.authority, message.authority);
  CheckSame(again.additional, message.additional);
  QUARTET_CHECK(again.edns.has_value() == message.edns.has_value());
}

// The steps see what the whole sees.
void CheckSteps(std::span<const uint8_t> bytes) {
  Reader reader(bytes);
  Header header;
  if (reader.ReadHeader(header) != ReadError::kNone) return;
  QuestionView question;
  for (size_t left = header.question_count; left > 0; --left) {
    if (reader.ReadQuestion(question) != ReadError::kNone) return;
    QUARTET_CHECK(Name::FromWire(question.name.wire()).ok());
  }
  RecordView record;
  for (size_t left = size_t{header.answer_count} + header.authority_count + header.additional_count; left > 0;
       --left) {
    if (reader.ReadRecord(record) != ReadError::kNone) return;
    QUARTET_CHECK(reader.offset() <= bytes.size());
    const absl::StatusOr<RecordData> data = ReadRecordData(bytes, record);
    if (!data.ok()) continue;
    QUARTET_CHECK(RecordData::FromWire(data->type(), data->wire()).ok());
    QUARTET_CHECK(data->Canonical().size() == data->wire().size());
  }
}

}  // namespace
}  // namespace quartet::dns

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using quartet::dns::Message;
  using quartet::dns::ReadError;
  const std::span<const uint8_t> bytes(data, size);
  quartet::dns::CheckSteps(bytes);
  Message message;
  if (quartet::dns::ReadMessage(bytes, message) == ReadError::kNone) quartet::dns::CheckWritesBack(message);
  return 0;
}
