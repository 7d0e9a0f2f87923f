// The lexer of zone files (RFC 1035 §5.1): text to entries of tokens, each with its line and column.
//
// Handles comments, quotes, escapes, parentheses over several lines (they don't nest), CRLF and LF, a byte
// order mark. Octets over 0x7f pass (they are for the fields to judge); control characters don't, NUL
// included. Time and memory are linear in the text, whatever is in it. Not thread-safe; the text must outlive
// the lexer and its tokens.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dns/rdata/text_token.h"
#include "dns/zonefile/fault.h"

namespace quartet::dns {

// All characters of an entry's tokens together.
inline constexpr size_t kMaxEntry = size_t{256} * 1024;

struct LexFault {
  Place place;
  std::string message;
};

// One directive or record: a line, or what parentheses join.
struct Entry {
  std::vector<TextToken> tokens;
  // Its line begins with a blank: a record that has the owner of the record before.
  bool blank_start = false;
  // Not empty: the entry can't be understood. What is wrong stands at its place: an unclosed quote or
  // parenthesis where it opens. tokens are then those before the first fault, perhaps some behind it.
  std::vector<LexFault> faults;
};

class Lexer {
 public:
  // `text` is less than 4 GiB long.
  explicit Lexer(absl::string_view text);

  // Reads the next entry that has a token or a fault. False at the end. After a fault it goes on with the
  // next line; after an unclosed parenthesis with the line behind the one that opens it, so that no fault
  // hides others.
  bool Next(Entry* entry);

  // Octets read so far.
  size_t offset() const { return at_; }

 private:
  void ReadEntry(Entry* entry);
  void ReadToken(Entry* entry);
  // On "(" inside parentheses. True if the entry ends with it.
  bool ReadNestedOpen(Entry* entry);
  void EndLine();
  void SkipToLineEnd();
  // The parenthesis at open_ is not closed: faults at it, back to the line behind it.
  void LeaveUnclosed(Entry* entry, absl::string_view why);
  void AddFault(Entry* entry, Place place, absl::string_view message) const;
  Place PlaceOf(size_t at) const { return {line_, static_cast<uint32_t>(at - line_start_ + 1)}; }

  absl::string_view text_;
  size_t at_ = 0;
  uint32_t line_ = 1;
  // Where line_ begins. Invariant: line_start_ <= at_.
  size_t line_start_ = 0;
  // Inside parentheses; then where they opened.
  bool in_parentheses_ = false;
  Place open_;
  size_t open_at_ = 0;
  // Characters of the entry's tokens so far.
  size_t entry_size_ = 0;
};

}  // namespace quartet::dns
