#include "tests/client/txt_answer.h"

#include <algorithm>

namespace quartet::tests {
namespace {

constexpr size_t kHeaderBytes = 12;
constexpr uint16_t kTxt = 16;

// Reads forward; past the end it gives zeroes and says so.
class Cursor {
 public:
  Cursor(const uint8_t* bytes, size_t size, size_t at) : bytes_(bytes), size_(size), at_(at) {}

  uint8_t U8() { return at_ < size_ ? bytes_[at_++] : Over(); }
  uint16_t U16() {
    const uint16_t high = U8();
    return static_cast<uint16_t>(high << 8 | U8());
  }
  void Skip(size_t count) {
    over_ = over_ || count > size_ - at_;
    at_ = std::min(size_, at_ + count);
  }
  // A name in full or ending in a pointer (RFC 1035 §4.1.4).
  void SkipName() {
    for (;;) {
      const uint8_t length = U8();
      if (over_ || length == 0) return;
      if (length >= 0xc0) return Skip(1);
      Skip(length);
    }
  }
  std::string Text(size_t length) {
    const size_t start = at_;
    Skip(length);
    return {reinterpret_cast<const char*>(bytes_ + start), at_ - start};
  }
  size_t at() const { return at_; }
  bool over() const { return over_; }

 private:
  uint8_t Over() {
    over_ = true;
    return 0;
  }
  const uint8_t* bytes_;
  const size_t size_;
  size_t at_;
  bool over_ = false;
};

std::optional<std::string> FindText(Cursor& cursor, int records) {
  std::optional<std::string> found;
  for (int i = 0; i < records && !cursor.over(); ++i) {
    cursor.SkipName();
    const uint16_t type = cursor.U16();
    cursor.Skip(6);
    const uint16_t length = cursor.U16();
    const size_t start = cursor.at();
    if (type == kTxt && !found.has_value()) found = cursor.Text(cursor.U8());
    cursor.Skip(start + length - cursor.at());
  }
  return found;
}

}  // namespace

std::optional<TxtAnswer> ParseTxtAnswer(const uint8_t* bytes, size_t size) {
  if (size < kHeaderBytes || (bytes[2] & 0x80) == 0) return std::nullopt;
  Cursor header(bytes, size, 4);
  if (header.U16() != 1) return std::nullopt;
  const int records = header.U16();
  Cursor cursor(bytes, size, kHeaderBytes);
  cursor.SkipName();
  cursor.Skip(4);
  TxtAnswer answer{static_cast<uint16_t>(bytes[0] << 8 | bytes[1]), (bytes[2] & 4) != 0, bytes[3] & 0x0f,
                   FindText(cursor, records)};
  if (cursor.over()) return std::nullopt;
  return answer;
}

}  // namespace quartet::tests
