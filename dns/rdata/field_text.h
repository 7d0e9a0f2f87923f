// Single fields of record data between presentation format and wire format.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "dns/name/name.h"
#include "dns/rdata/text_token.h"
#include "dns/rdata/type_fields.h"

namespace quartet::dns {

// The tokens of one record's data, taken from the front.
class TokenQueue {
 public:
  explicit TokenQueue(std::span<const TextToken> tokens) : tokens_(tokens) {}

  bool empty() const { return at_ == tokens_.size(); }
  // Tokens taken so far.
  size_t position() const { return at_; }
  // Not empty.
  const TextToken& Front() const { return tokens_[at_]; }
  const TextToken& Take() { return tokens_[at_++]; }
  std::span<const TextToken> Rest() const { return tokens_.subspan(at_); }
  void Skip(size_t count) { at_ += count; }

 private:
  std::span<const TextToken> tokens_;
  // Invariant: at_ <= tokens_.size().
  size_t at_ = 0;
};

// Reads a domain name as users may write it: not in quotes, no octet over 0x7e but by escape (a name in
// another script is written in its xn-- form); completed with `origin` if it has no final dot.
// INVALID_ARGUMENT with the token shown.
absl::StatusOr<Name> ParseNameToken(const TextToken& token, const Name& origin);

// Takes the field's tokens and appends its wire format. INVALID_ARGUMENT names the field and says what is
// wrong with it;
// `*bad` is then the index of the token it was found at, from the queue's start, or the number of tokens
// where one is missing. `*bad` means nothing otherwise.
absl::Status AppendField(const FieldSpec& field, const Name& origin, TokenQueue* tokens, size_t* bad,
                         std::string* wire);

// Takes the field's octets off the front of `*wire` and appends its text. False if the octets are not what
// AppendField could have made.
bool FormatField(const FieldSpec& field, std::span<const uint8_t>* wire, std::string* text);

}  // namespace quartet::dns
