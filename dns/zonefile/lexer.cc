#include "dns/zonefile/lexer.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace quartet::dns {

Lexer::Lexer(absl::string_view text) : text_(absl::StripPrefix(text, "\xef\xbb\xbf")) {}

bool Lexer::Next(Entry* entry) {
  while (at_ < text_.size()) {
    entry->tokens.clear();
    entry->faults.clear();
    entry->blank_start = ClassOf(text_[at_]) == TextChar::kBlank;
    in_parentheses_ = false;
    entry_size_ = 0;
    ReadEntry(entry);
    if (!entry->tokens.empty() || !entry->faults.empty()) return true;
  }
  return false;
}

void Lexer::ReadEntry(Entry* entry) {
  while (at_ < text_.size()) {
    switch (ClassOf(text_[at_])) {
      case TextChar::kBlank:
        ++at_;
        break;
      case TextChar::kReturn:
        if (at_ + 1 < text_.size() && text_[at_ + 1] == '\n') {
          ++at_;
          break;
        }
        [[fallthrough]];
      case TextChar::kControl:
        AddFault(entry, PlaceOf(at_), "a control character: take it out, or write it as \\DDD in a string");
        SkipToLineEnd();
        break;
      case TextChar::kNewline:
        EndLine();
        if (!in_parentheses_) return;
        break;
      case TextChar::kSemicolon:
        SkipToLineEnd();
        break;
      case TextChar::kOpen:
        if (in_parentheses_) {
          if (ReadNestedOpen(entry)) return;
          break;
        }
        in_parentheses_ = true;
        open_ = PlaceOf(at_);
        open_at_ = at_++;
        break;
      case TextChar::kClose:
        if (!in_parentheses_) AddFault(entry, PlaceOf(at_), "this parenthesis closes none");
        in_parentheses_ = false;
        ++at_;
        break;
      default:
        ReadToken(entry);
        if (entry_size_ <= kMaxEntry) break;
        if (in_parentheses_) {
          LeaveUnclosed(entry, absl::StrCat("not closed within ", kMaxEntry, " characters"));
          return;
        }
        AddFault(entry, PlaceOf(at_), absl::StrCat("an entry of more than ", kMaxEntry, " characters"));
        SkipToLineEnd();
        entry_size_ = 0;
    }
  }
  if (in_parentheses_) LeaveUnclosed(entry, "not closed before the end of the file");
}

void Lexer::ReadToken(Entry* entry) {
  TextToken token;
  const Place place = PlaceOf(at_);
  token.line = place.line;
  token.column = place.column;
  if (const char* wrong = ScanToken(text_, &at_, &token)) {
    AddFault(entry, PlaceOf(at_), wrong);
    SkipToLineEnd();
    return;
  }
  entry_size_ += token.raw.size() + 1;
  entry->tokens.push_back(token);
}

bool Lexer::ReadNestedOpen(Entry* entry) {
  if (open_.line != line_) {
    LeaveUnclosed(entry, absl::StrCat("not closed before line ", line_, " opens another; they don't nest"));
    return true;
  }
  AddFault(entry, PlaceOf(at_), "a parenthesis inside parentheses: they don't nest");
  in_parentheses_ = false;
  SkipToLineEnd();
  return false;
}

void Lexer::EndLine() {
  line_start_ = ++at_;
  ++line_;
}

void Lexer::SkipToLineEnd() { at_ = std::min(text_.find('\n', at_), text_.size()); }

void Lexer::LeaveUnclosed(Entry* entry, absl::string_view why) {
  // What was found on later lines will be found again.
  auto& faults = entry->faults;
  faults.erase(std::remove_if(faults.begin(), faults.end(),
                              [this](const LexFault& fault) { return fault.place.line > open_.line; }),
               faults.end());
  AddFault(entry, open_, absl::StrCat("the parenthesis that opens here is ", why));
  line_ = open_.line;
  at_ = open_at_;
  line_start_ = open_at_ + 1 - open_.column;
  SkipToLineEnd();
  if (at_ < text_.size()) EndLine();
}

void Lexer::AddFault(Entry* entry, Place place, absl::string_view message) const {
  entry->faults.push_back({place, std::string(message)});
}

}  // namespace quartet::dns
