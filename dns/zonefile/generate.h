// $GENERATE: one record for each number of a range.
//
//   $GENERATE 1-254 host-$ A 192.0.2.$
//   $GENERATE 0-255/5 ${0,3,d} PTR host-${100}.example.com.
//
// "$" stands for the number, "${offset,width,base}" for the number plus `offset`, with zeros in front up to
// `width`, in base d (10), o (8), x or X (16); "$$" and "\$" stand for a dollar sign.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "dns/rdata/text_token.h"

namespace quartet::dns {

// Records of one $GENERATE, characters and tokens of its line, and of a record it makes.
inline constexpr uint32_t kMaxGenerated = 65536;
inline constexpr size_t kMaxGenerateLine = 4096;
inline constexpr size_t kMaxGenerateTokens = 32;
inline constexpr size_t kMaxGeneratedRecord = 16384;

struct GenerateRange {
  uint32_t first;
  uint32_t last;
  // At least 1.
  uint32_t step;

  uint32_t count() const { return (last - first) / step + 1; }
};

// "first-last" or "first-last/step", numbers up to 2^31 - 1, not descending. Nullopt if it is neither.
std::optional<GenerateRange> ParseGenerateRange(absl::string_view text);

// Puts `number` into the template, whose escapes stay as they are. False if a ${...} is malformed, or gives a
// number below 0, or width over 63.
bool ExpandGenerate(absl::string_view pattern, uint32_t number, std::string* out);

// The records of one $GENERATE, one after the other. Not thread-safe.
class Generator {
 public:
  // `pattern` is the line behind the range; it must outlive the generator, as must the text it points into.
  Generator(const GenerateRange& range, std::span<const TextToken> pattern)
      : range_(range), pattern_(pattern), words_(pattern.size()), tokens_(pattern.begin(), pattern.end()) {}

  Generator(const Generator&) = delete;
  Generator& operator=(const Generator&) = delete;

  bool AtEnd() const { return made_ == range_.count(); }

  // Makes the next record; not at the end. False if it can't be made, or is longer than kMaxGeneratedRecord.
  bool Next();

  // The last one made, with the places of the pattern. The words it points into are overwritten by Next.
  std::span<const TextToken> record() const { return tokens_; }
  size_t record_size() const { return record_size_; }
  bool is_first() const { return made_ == 1; }

 private:
  GenerateRange range_;
  std::span<const TextToken> pattern_;
  std::vector<std::string> words_;
  std::vector<TextToken> tokens_;
  uint32_t made_ = 0;
  size_t record_size_ = 0;
};

}  // namespace quartet::dns
