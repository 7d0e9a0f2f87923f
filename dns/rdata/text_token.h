// Words of presentation format (RFC 1035 §5.1), as zone files and single values share them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace quartet::dns {

// The longest word: 65,535 octets in hexadecimal fit, and so does any text RecordData::Parse takes.
inline constexpr size_t kMaxTextToken = size_t{128} * 1024;

// One word or one quoted string.
struct TextToken {
  // As written, escapes and all, but without the quotes around it. Points into the text it was read from.
  absl::string_view raw;
  bool quoted = false;
  // Where it begins (its quote, if it has one), counted from 1; columns are octets.
  uint32_t line = 1;
  uint32_t column = 1;
};

enum class TextChar : uint8_t {
  kPlain,
  kBlank,
  kReturn,
  kNewline,
  kQuote,
  kBackslash,
  kSemicolon,
  kOpen,
  kClose,
  kControl
};

// What a character is outside quotes and comments.
TextChar ClassOf(char c);

// Reads the token that begins at text[*at], where no blank, line end, comment or parenthesis may stand; sets
// raw and quoted, and `*at` to what follows. A quoted string ends on its line. A word may hold quotes behind
// its "=" only, as SVCB parameters do (RFC 9460 §2.1). Control characters are refused: they are written as
// \DDD. Returns nullptr, or else what is wrong in words, with `*at` at the place of it. O(length of the
// token).
const char* ScanToken(absl::string_view text, size_t* at, TextToken* token);

// Splits one line of blanks and tokens. INVALID_ARGUMENT for comments, parentheses and line ends, which
// belong to zone files, and for what ScanToken refuses.
absl::Status SplitTokens(absl::string_view text, std::vector<TextToken>* tokens);

// Appends the octets the token stands for: \X and \DDD undone. INVALID_ARGUMENT for a wrong escape, or for
// quotes in the middle of a word.
absl::Status DecodeToken(const TextToken& token, std::string* out);

// The token for messages: in quotes, cut to 40 characters, unprintable ones as \DDD.
std::string ShowToken(const TextToken& token);

// Appends `octets` as one quoted string that DecodeToken takes back to the same octets.
void AppendQuoted(absl::string_view octets, std::string* out);

}  // namespace quartet::dns
