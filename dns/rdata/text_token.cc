#include "dns/rdata/text_token.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace quartet::dns {
namespace {

constexpr std::array<TextChar, 256> MakeClasses() {
  std::array<TextChar, 256> classes{};
  for (size_t c = 0; c < 0x20; ++c) classes[c] = TextChar::kControl;
  classes[0x7f] = TextChar::kControl;
  classes[' '] = TextChar::kBlank;
  classes['\t'] = TextChar::kBlank;
  classes['\r'] = TextChar::kReturn;
  classes['\n'] = TextChar::kNewline;
  classes['"'] = TextChar::kQuote;
  classes['\\'] = TextChar::kBackslash;
  classes[';'] = TextChar::kSemicolon;
  classes['('] = TextChar::kOpen;
  classes[')'] = TextChar::kClose;
  return classes;
}

constexpr std::array<TextChar, 256> kClasses = MakeClasses();

constexpr const char* kUnclosedQuote = "the quote that opens here is not closed on its line";
constexpr const char* kControlCharacter = "a control character: write it as \\DDD, its number in decimal";

bool EndsLine(absl::string_view text, size_t at) {
  return at >= text.size() || text[at] == '\n' ||
         (text[at] == '\r' && at + 1 < text.size() && text[at + 1] == '\n');
}

// `*at` is on an opening quote; moves it behind the closing one.
const char* SkipQuoted(absl::string_view text, size_t* at) {
  const size_t open = *at;
  for (size_t i = open + 1; !EndsLine(text, i); ++i) {
    switch (ClassOf(text[i])) {
      case TextChar::kQuote:
        *at = i + 1;
        return nullptr;
      case TextChar::kBackslash:
        if (i + 1 < text.size() && ClassOf(text[i + 1]) != TextChar::kControl && !EndsLine(text, i + 1)) ++i;
        break;
      case TextChar::kControl:
      case TextChar::kReturn:
        *at = i;
        return kControlCharacter;
      default:
        break;
    }
  }
  return kUnclosedQuote;
}

const char* ScanQuoted(absl::string_view text, size_t* at, TextToken* token) {
  const size_t open = *at;
  if (const char* wrong = SkipQuoted(text, at)) return wrong;
  token->raw = text.substr(open + 1, *at - open - 2);
  token->quoted = true;
  if (EndsLine(text, *at)) return nullptr;
  const TextChar next = ClassOf(text[*at]);
  if (next == TextChar::kPlain || next == TextChar::kBackslash) return "no blank behind the closing quote";
  return nullptr;
}

// Length of the escape at text[at], of which the character behind the backslash is taken too unless it ends
// the line.
size_t EscapeLength(absl::string_view text, size_t at) {
  return EndsLine(text, at + 1) || ClassOf(text[at + 1]) == TextChar::kControl ? 1 : 2;
}

const char* ScanWord(absl::string_view text, size_t* at, TextToken* token) {
  const size_t start = *at;
  size_t i = start;
  for (bool more = true; more && i < text.size();) {
    switch (ClassOf(text[i])) {
      case TextChar::kPlain:
        ++i;
        break;
      case TextChar::kBackslash:
        i += EscapeLength(text, i);
        break;
      case TextChar::kQuote:
        *at = i;
        if (i == start || text[i - 1] != '=')
          return "a quote in the middle of a word: quote all of it, or write \\\"";
        if (const char* wrong = SkipQuoted(text, at)) return wrong;
        i = *at;
        if (i < text.size() && (ClassOf(text[i]) == TextChar::kPlain || text[i] == '"' || text[i] == '\\')) {
          return "no blank behind the closing quote";
        }
        break;
      case TextChar::kReturn:
        if (EndsLine(text, i)) {
          more = false;
          break;
        }
        [[fallthrough]];
      case TextChar::kControl:
        *at = i;
        return kControlCharacter;
      default:
        more = false;
    }
  }
  token->raw = text.substr(start, i - start);
  token->quoted = false;
  *at = i;
  return nullptr;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

absl::Status BadEscape(absl::string_view why) { return absl::InvalidArgumentError(why); }

// Undoes the escape at raw[*at], a backslash; moves `*at` behind it.
absl::Status DecodeEscape(absl::string_view raw, size_t* at, std::string* out) {
  const absl::string_view rest = raw.substr(*at + 1);
  if (rest.empty()) return BadEscape("nothing follows the backslash at its end");
  if (!IsDigit(rest[0])) {
    out->push_back(rest[0]);
    *at += 2;
    return absl::OkStatus();
  }
  if (rest.size() < 3 || !IsDigit(rest[1]) || !IsDigit(rest[2])) {
    return BadEscape("a backslash and a digit must be followed by two more digits (\\DDD)");
  }
  const int value = (rest[0] - '0') * 100 + (rest[1] - '0') * 10 + (rest[2] - '0');
  if (value > 255) return BadEscape(absl::StrCat("\\", rest.substr(0, 3), " is over \\255"));
  out->push_back(static_cast<char>(value));
  *at += 4;
  return absl::OkStatus();
}

void AppendDecimalEscape(unsigned char octet, std::string* out) {
  out->push_back('\\');
  out->push_back(static_cast<char>('0' + octet / 100));
  out->push_back(static_cast<char>('0' + octet / 10 % 10));
  out->push_back(static_cast<char>('0' + octet % 10));
}

bool IsPrintable(char c) { return c >= 0x20 && c < 0x7f; }

const char* WhyNotInOneLine(TextChar c) {
  switch (c) {
    case TextChar::kSemicolon:
      return "';' begins a comment in a zone file: put the text in quotes, or write \\;";
    case TextChar::kOpen:
    case TextChar::kClose:
      return "a parenthesis joins lines of a zone file: put the text in quotes, or write \\( and \\)";
    case TextChar::kNewline:
    case TextChar::kReturn:
      return "a line end: a value stands on one line";
    default:
      return nullptr;
  }
}

}  // namespace

TextChar ClassOf(char c) { return kClasses[static_cast<unsigned char>(c)]; }

const char* ScanToken(absl::string_view text, size_t* at, TextToken* token) {
  const size_t start = *at;
  const char* wrong = text[start] == '"' ? ScanQuoted(text, at, token) : ScanWord(text, at, token);
  if (wrong == nullptr && token->raw.size() > kMaxTextToken) {
    *at = start;
    return "a word of more than 131,072 characters";
  }
  return wrong;
}

absl::Status SplitTokens(absl::string_view text, std::vector<TextToken>* tokens) {
  for (size_t at = 0; at < text.size();) {
    const TextChar c = ClassOf(text[at]);
    if (c == TextChar::kBlank) {
      ++at;
      continue;
    }
    const char* wrong = WhyNotInOneLine(c);
    TextToken token;
    token.column = static_cast<uint32_t>(at + 1);
    if (wrong == nullptr) wrong = ScanToken(text, &at, &token);
    if (wrong != nullptr)
      return absl::InvalidArgumentError(absl::StrCat("at character ", at + 1, ": ", wrong));
    tokens->push_back(token);
  }
  return absl::OkStatus();
}

absl::Status DecodeToken(const TextToken& token, std::string* out) {
  const absl::string_view raw = token.raw;
  for (size_t at = 0; at < raw.size();) {
    if (raw[at] == '\\') {
      if (absl::Status status = DecodeEscape(raw, &at, out); !status.ok()) return status;
      continue;
    }
    if (raw[at] == '"') return BadEscape("quotes in the middle of a word: quote all of it, or write \\\"");
    out->push_back(raw[at++]);
  }
  return absl::OkStatus();
}

std::string ShowToken(const TextToken& token) {
  constexpr size_t kShown = 40;
  std::string shown = "'";
  for (char c : token.raw.substr(0, kShown)) {
    if (IsPrintable(c)) {
      shown.push_back(c);
    } else {
      AppendDecimalEscape(static_cast<unsigned char>(c), &shown);
    }
  }
  shown += token.raw.size() > kShown ? "...'" : "'";
  return shown;
}

void AppendQuoted(absl::string_view octets, std::string* out) {
  out->push_back('"');
  for (char c : octets) {
    if (c == '"' || c == '\\') {
      out->push_back('\\');
      out->push_back(c);
    } else if (IsPrintable(c)) {
      out->push_back(c);
    } else {
      AppendDecimalEscape(static_cast<unsigned char>(c), out);
    }
  }
  out->push_back('"');
}

}  // namespace quartet::dns
