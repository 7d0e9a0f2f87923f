// The control part.
#include "absl/strings/str_cat.h"
#include "replication/record/record_value.h"

namespace quartet::replication {

namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kFixedBytes = 5;

absl::Status Damaged(absl::string_view why) {
  return absl::InvalidArgumentError(absl::StrCat("damaged control part: ", why));
}

// At most `limit` bytes of `text`, cut between characters of UTF-8.
absl::string_view Clip(absl::string_view text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit;
  while (end > 0 && (static_cast<uint8_t>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

size_t Octet(absl::string_view text, size_t i) { return static_cast<uint8_t>(text[i]); }

}  // namespace

std::string EncodeControl(const Control& control) {
  const absl::string_view writer = Clip(control.writer, kMaxWriterBytes);
  const absl::string_view comment = Clip(control.comment, kMaxCommentBytes);
  std::string out = {static_cast<char>(kVersion), static_cast<char>(control.origin),
                     static_cast<char>(writer.size())};
  out.append(writer.data(), writer.size());
  out += static_cast<char>(comment.size() >> 8);
  out += static_cast<char>(comment.size() & 0xff);
  out.append(comment.data(), comment.size());
  return out;
}

absl::StatusOr<Control> DecodeControl(absl::string_view control) {
  if (control.empty()) return Damaged("it is empty");
  if (Octet(control, 0) != kVersion) {
    return absl::UnimplementedError(
        absl::StrCat("control part of version ", Octet(control, 0), "; known is 1"));
  }
  if (control.size() < kFixedBytes) return Damaged("it is cut short");
  const size_t origin = Octet(control, 1);
  if (origin < 1 || origin > 3) return Damaged("an unknown origin");
  const size_t writer = Octet(control, 2);
  if (control.size() < kFixedBytes + writer) return Damaged("it ends within its writer");
  const absl::string_view rest = control.substr(3 + writer);
  const size_t comment = Octet(rest, 0) << 8 | Octet(rest, 1);
  if (rest.size() != 2 + comment) return Damaged("its comment is of another length");
  return Control{static_cast<Origin>(origin), std::string(control.substr(3, writer)),
                 std::string(rest.substr(2))};
}

}  // namespace quartet::replication
