#include "dns/name/name.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "dns/base/check.h"

namespace quartet::dns {
namespace {

// RFC 4343 §3: only the 26 ASCII letters have case.
char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

// Length octets are at most 63, below 'A': lower-casing a whole wire name leaves them alone.
void LowerInPlace(std::string& wire) { std::transform(wire.begin(), wire.end(), wire.begin(), Lower); }

int CompareLabels(absl::string_view a, absl::string_view b) {
  const size_t common = std::min(a.size(), b.size());
  for (size_t i = 0; i < common; ++i) {
    const auto x = static_cast<uint8_t>(Lower(a[i]));
    const auto y = static_cast<uint8_t>(Lower(b[i]));
    if (x != y) return x < y ? -1 : 1;
  }
  if (a.size() == b.size()) return 0;
  return a.size() < b.size() ? -1 : 1;
}

// Where each label's length octet is.
struct LabelOffsets {
  explicit LabelOffsets(absl::string_view wire) {
    for (size_t at = 0; wire[at] != 0; at += 1 + static_cast<uint8_t>(wire[at])) {
      offset[count++] = static_cast<uint8_t>(at);
    }
  }
  std::array<uint8_t, Name::kMaxLabels> offset;
  size_t count = 0;
};

absl::string_view LabelAt(absl::string_view wire, size_t at) {
  return wire.substr(at + 1, static_cast<uint8_t>(wire[at]));
}

// Octets before the label `n` from the left.
size_t OffsetOfLabel(absl::string_view wire, size_t n) {
  size_t at = 0;
  for (; n > 0; --n) {
    QUARTET_CHECK(wire[at] != 0);
    at += 1 + static_cast<uint8_t>(wire[at]);
  }
  return at;
}

// Reads presentation format label by label into wire format without the final root octet.
class TextReader {
 public:
  explicit TextReader(absl::string_view text) : text_(text) {}

  absl::Status Read() {
    while (at_ < text_.size()) {
      if (absl::Status read = ReadLabel(); !read.ok()) return read;
    }
    return absl::OkStatus();
  }

  const std::string& wire() const { return wire_; }
  // The text ended with an unescaped dot.
  bool absolute() const { return absolute_; }

 private:
  absl::Status Error(absl::string_view what, size_t at) const {
    return absl::InvalidArgumentError(absl::StrCat("domain name: ", what, " at character ", at + 1));
  }

  absl::Status ReadLabel() {
    const size_t start = at_;
    const size_t length_at = wire_.size();
    wire_.push_back('\0');
    absolute_ = false;
    while (at_ < text_.size() && text_[at_] != '.') {
      if (absl::Status read = ReadOctet(); !read.ok()) return read;
      if (wire_.size() - length_at - 1 > Name::kMaxLabel) return Error("label over 63 octets", start);
      if (wire_.size() + 1 > Name::kMaxWire) return Error("name over 255 octets", at_ - 1);
    }
    const size_t length = wire_.size() - length_at - 1;
    if (length == 0) return Error("empty label", start);
    wire_[length_at] = static_cast<char>(length);
    if (at_ < text_.size()) {
      ++at_;
      absolute_ = true;
    }
    return absl::OkStatus();
  }

  // One octet as it stands, `\X` or `\DDD` (RFC 1035 §5.1).
  absl::Status ReadOctet() {
    if (text_[at_] != '\\') {
      wire_.push_back(text_[at_++]);
      return absl::OkStatus();
    }
    const absl::string_view rest = text_.substr(at_ + 1);
    if (rest.empty()) return Error("nothing behind the backslash", at_);
    if (!absl::ascii_isdigit(static_cast<unsigned char>(rest[0]))) {
      wire_.push_back(rest[0]);
      at_ += 2;
      return absl::OkStatus();
    }
    return ReadDecimalEscape(rest.substr(0, 3));
  }

  absl::Status ReadDecimalEscape(absl::string_view digits) {
    int value = 0;
    for (char c : digits) {
      if (!absl::ascii_isdigit(static_cast<unsigned char>(c)))
        return Error("escape without three digits", at_);
      value = value * 10 + (c - '0');
    }
    if (digits.size() != 3) return Error("escape without three digits", at_);
    if (value > 255) return Error("escape over 255", at_);
    wire_.push_back(static_cast<char>(value));
    at_ += 4;
    return absl::OkStatus();
  }

  absl::string_view text_;
  size_t at_ = 0;
  std::string wire_;
  bool absolute_ = false;
};

void AppendEscaped(char c, std::string& out) {
  const auto octet = static_cast<uint8_t>(c);
  if (octet <= 0x20 || octet >= 0x7f) {
    const char digits[] = {'\\', static_cast<char>('0' + octet / 100),
                           static_cast<char>('0' + octet / 10 % 10), static_cast<char>('0' + octet % 10)};
    out.append(digits, sizeof digits);
    return;
  }
  // What has a meaning of its own in zone files (RFC 1035 §5.1).
  if (std::strchr(".\\\"();@$", c) != nullptr) out.push_back('\\');
  out.push_back(c);
}

}  // namespace

absl::StatusOr<Name> Name::Parse(absl::string_view text, const Name& origin) {
  if (text.empty()) return absl::InvalidArgumentError("domain name: empty text at character 1");
  if (text == ".") return Name();
  if (text == "@") return origin;
  TextReader reader(text);
  if (absl::Status read = reader.Read(); !read.ok()) return read;
  std::string wire = reader.wire();
  wire += reader.absolute() ? std::string(1, '\0') : origin.wire_;
  if (wire.size() > kMaxWire) {
    return absl::InvalidArgumentError(absl::StrCat("domain name: over 255 octets once completed with ",
                                                   origin.ToString(), " at character ", text.size()));
  }
  return Name(std::move(wire));
}

absl::StatusOr<Name> Name::FromWire(std::span<const uint8_t> wire) {
  if (wire.size() > kMaxWire) return absl::InvalidArgumentError("domain name: over 255 octets");
  size_t at = 0;
  while (at < wire.size() && wire[at] != 0) {
    if (wire[at] > kMaxLabel)
      return absl::InvalidArgumentError("domain name: label over 63 octets or compressed");
    at += 1 + wire[at];
  }
  if (at >= wire.size()) return absl::InvalidArgumentError("domain name: ends before its root label");
  if (at + 1 != wire.size()) return absl::InvalidArgumentError("domain name: octets behind its root label");
  return Name(std::string(reinterpret_cast<const char*>(wire.data()), wire.size()));
}

std::string Name::ToString() const {
  if (is_root()) return ".";
  std::string text;
  text.reserve(wire_.size());
  for (size_t at = 0; wire_[at] != 0; at += 1 + static_cast<uint8_t>(wire_[at])) {
    for (char c : LabelAt(wire_, at)) AppendEscaped(c, text);
    text.push_back('.');
  }
  return text;
}

size_t Name::label_count() const {
  size_t count = 0;
  for (size_t at = 0; wire_[at] != 0; at += 1 + static_cast<uint8_t>(wire_[at])) ++count;
  return count;
}

absl::string_view Name::label(size_t i) const {
  const size_t at = OffsetOfLabel(wire_, i);
  QUARTET_CHECK(wire_[at] != 0);
  return LabelAt(wire_, at);
}

Name Name::Parent() const { return is_root() ? Name() : Ancestor(1); }

Name Name::Ancestor(size_t n) const { return Name(wire_.substr(OffsetOfLabel(wire_, n))); }

bool Name::IsWithin(const Name& ancestor) const {
  if (wire_.size() < ancestor.wire_.size()) return false;
  // The tail must begin at a label, or "notexample.com." would lie within "example.com.".
  const size_t tail = wire_.size() - ancestor.wire_.size();
  size_t at = 0;
  while (at < tail) at += 1 + static_cast<uint8_t>(wire_[at]);
  if (at != tail) return false;
  return std::equal(ancestor.wire_.begin(), ancestor.wire_.end(),
                    wire_.begin() + static_cast<ptrdiff_t>(tail),
                    [](char a, char b) { return Lower(a) == Lower(b); });
}

absl::StatusOr<Name> Name::Prepend(absl::string_view label) const {
  if (label.empty()) return absl::InvalidArgumentError("domain name: empty label");
  if (label.size() > kMaxLabel) return absl::InvalidArgumentError("domain name: label over 63 octets");
  if (wire_.size() + 1 + label.size() > kMaxWire) {
    return absl::InvalidArgumentError("domain name: over 255 octets");
  }
  std::string wire(1, static_cast<char>(label.size()));
  wire.append(label.data(), label.size());
  wire += wire_;
  return Name(std::move(wire));
}

Name Name::ToLower() const { return Name(LowerWire()); }

bool Name::operator==(const Name& other) const {
  return wire_.size() == other.wire_.size() &&
         std::equal(wire_.begin(), wire_.end(), other.wire_.begin(),
                    [](char a, char b) { return Lower(a) == Lower(b); });
}

std::strong_ordering Name::operator<=>(const Name& other) const {
  const LabelOffsets mine(wire_);
  const LabelOffsets theirs(other.wire_);
  const size_t common = std::min(mine.count, theirs.count);
  for (size_t i = 1; i <= common; ++i) {
    const int order = CompareLabels(LabelAt(wire_, mine.offset[mine.count - i]),
                                    LabelAt(other.wire_, theirs.offset[theirs.count - i]));
    if (order != 0) return order <=> 0;
  }
  return mine.count <=> theirs.count;
}

std::string Name::LowerWire() const {
  std::string lower = wire_;
  LowerInPlace(lower);
  return lower;
}

}  // namespace quartet::dns
