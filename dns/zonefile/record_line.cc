#include "dns/zonefile/record_line.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dns/rdata/text_codec.h"
#include "dns/record_set/record_set.h"

namespace quartet::dns {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// No type's name begins with a digit or a sign.
bool MeansTtl(absl::string_view text) {
  if (text.empty()) return false;
  return IsDigit(text[0]) || ((text[0] == '-' || text[0] == '+') && text.size() > 1 && IsDigit(text[1]));
}

bool IsClass(absl::string_view text) {
  for (absl::string_view name : {"IN", "CH", "HS", "CS", "NONE"}) {
    if (absl::EqualsIgnoreCase(text, name)) return true;
  }
  // RFC 3597 §5.
  return text.size() > 5 && absl::StartsWithIgnoreCase(text, "CLASS") && IsDigit(text[5]);
}

bool IsInternetClass(absl::string_view text) {
  return absl::EqualsIgnoreCase(text, "IN") || absl::EqualsIgnoreCase(text, "CLASS1");
}

class HeadReader {
 public:
  HeadReader(std::span<const TextToken> tokens, bool blank_start, RecordLine* line)
      : tokens_(tokens), blank_start_(blank_start), line_(line) {}

  void Read() {
    if (!blank_start_) line_->owner = &tokens_[at_++];
    while (at_ < tokens_.size() && !tokens_[at_].quoted) {
      const TextToken& token = tokens_[at_];
      if (MeansTtl(token.raw) && !seen_ttl_) {
        ReadTtl(token);
      } else if (IsClass(token.raw) && !seen_class_) {
        ReadClass(token);
      } else {
        break;
      }
      ++at_;
    }
    ReadType();
  }

 private:
  void ReadTtl(const TextToken& token) {
    seen_ttl_ = true;
    line_->ttl = ParseTtl(token.raw);
    line_->wrong_ttl = !line_->ttl.has_value();
    if (!line_->wrong_ttl) return;
    Report(PlaceOf(token), "ttl",
           absl::StrCat(ShowToken(token),
                        " is no TTL: a number of seconds from 0 to 2147483647, or a time like 1h30m"));
  }

  void ReadClass(const TextToken& token) {
    seen_class_ = true;
    if (IsInternetClass(token.raw)) return;
    Report(PlaceOf(token), "class", absl::StrCat("class ", ShowToken(token), ": only IN is served"));
  }

  void ReadType() {
    if (at_ == tokens_.size()) {
      Report(PlaceBehind(tokens_.back()), "syntax", "the record ends before its type");
      return;
    }
    const TextToken& token = tokens_[at_++];
    line_->type_token = &token;
    line_->data = tokens_.subspan(at_);
    absl::StatusOr<Type> type = token.quoted ? absl::InvalidArgumentError("quoted") : ParseType(token.raw);
    if (!type.ok()) {
      Report(PlaceOf(token), "unknown-type", absl::StrCat(ShowToken(token), " is no record type", Hint()));
    } else if (IsMetaType(*type)) {
      Report(PlaceOf(token), "unknown-type",
             absl::StrCat("type ", TypeName(*type), " can't stand in a zone"));
    } else {
      line_->type = *type;
    }
  }

  absl::string_view Hint() const {
    return blank_start_ ? "; the line begins with a blank, so its owner is that of the record before"
                        : "; one without a name here is written as TYPE and its number, as TYPE65280";
  }

  void Report(Place place, absl::string_view rule, std::string message) {
    line_->faults.push_back({place, rule, std::move(message)});
  }

  std::span<const TextToken> tokens_;
  bool blank_start_;
  RecordLine* line_;
  size_t at_ = 0;
  bool seen_ttl_ = false;
  bool seen_class_ = false;
};

}  // namespace

Place PlaceOf(const TextToken& token) { return {token.line, token.column}; }

Place PlaceBehind(const TextToken& token) {
  const size_t size = token.raw.size() + (token.quoted ? 2 : 0);
  return {token.line, token.column + static_cast<uint32_t>(size)};
}

std::optional<uint32_t> ParseTtl(absl::string_view text) {
  uint32_t seconds = 0;
  if (!ParseSeconds(text, &seconds) || seconds > RecordSet::kMaxTtl) return std::nullopt;
  return seconds;
}

RecordLine ReadRecordLine(std::span<const TextToken> tokens, bool blank_start) {
  RecordLine line;
  HeadReader(tokens, blank_start, &line).Read();
  return line;
}

}  // namespace quartet::dns
