#include "admin/zone_files/includes.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "dns/rdata/field_text.h"
#include "dns/zonefile/importer.h"
#include "dns/zonefile/lexer.h"

namespace quartet::admin {
namespace {

namespace fs = std::filesystem;
using dns::TextToken;

bool IsDirective(const dns::Entry& entry, absl::string_view name) {
  return entry.faults.empty() && !entry.tokens.empty() && !entry.tokens[0].quoted &&
         absl::EqualsIgnoreCase(entry.tokens[0].raw, name);
}

bool IsBelow(const fs::path& path, const fs::path& directory) {
  const auto [end, rest] = std::mismatch(directory.begin(), directory.end(), path.begin(), path.end());
  return end == directory.end();
}

class Inliner {
 public:
  Inliner(const dns::Name& apex, const std::string& directory) : origin_(apex) {
    std::error_code error;
    directory_ = fs::canonical(directory, error);
    if (error) directory_.clear();
  }

  void Take(absl::string_view text, const std::string& name, size_t depth) {
    absl::ConsumePrefix(&text, "\xef\xbb\xbf");
    dns::Lexer lexer(text);
    dns::Entry entry;
    size_t copied = 0;
    uint32_t line = 1;
    bool after_include = false;
    while (lexer.Next(&entry)) {
      if (entry.tokens.empty()) continue;
      const TextToken& first = entry.tokens[0];
      if (after_include && entry.blank_start && !absl::StartsWith(first.raw, "$")) {
        AddFault(name, first, "the record behind an $INCLUDE needs an owner of its own");
      }
      after_include = false;
      if (IsDirective(entry, "$ORIGIN") && entry.tokens.size() == 2) {
        absl::StatusOr<dns::Name> origin = dns::ParseNameToken(entry.tokens[1], origin_);
        if (origin.ok()) origin_ = *std::move(origin);
      }
      if (!IsDirective(entry, "$INCLUDE")) continue;
      const auto at = static_cast<size_t>(first.raw.data() - text.data());
      const size_t line_start = text.substr(0, at).rfind('\n') + 1;
      Append(text.substr(copied, line_start - copied), name, line);
      Include(entry, name, depth);
      line += CountLines(text.substr(copied, lexer.offset() - copied));
      copied = lexer.offset();
      after_include = true;
      if (!out_.faults.empty() && files_ > kMaxIncludes) return;
    }
    Append(text.substr(copied), name, line);
  }

  InlinedFile Finish() { return std::move(out_); }

 private:
  static uint32_t CountLines(absl::string_view text) {
    return static_cast<uint32_t>(std::count(text.begin(), text.end(), '\n'));
  }

  void Append(absl::string_view text, const std::string& file, uint32_t line) {
    if (text.empty() && !out_.pieces.empty()) return;
    out_.pieces.push_back({line_, file, line});
    absl::StrAppend(&out_.text, text);
    line_ += CountLines(text);
    if (!text.empty() && text.back() != '\n') {
      out_.text += '\n';
      ++line_;
    }
  }

  void AppendOrigin(const std::string& file, uint32_t line) {
    Append(absl::StrCat("$ORIGIN ", origin_.ToString(), "\n"), file, line);
  }

  void Include(const dns::Entry& entry, const std::string& name, size_t depth) {
    const TextToken& directive = entry.tokens[0];
    if (entry.tokens.size() < 2 || entry.tokens.size() > 3)
      return AddFault(name, directive, "$INCLUDE takes a file, and an origin for it if it has another");
    if (++files_ > kMaxIncludes) return AddFault(name, directive, "too many files are included");
    if (depth == kMaxIncludeDepth)
      return AddFault(name, directive, absl::StrCat("files include files over ", kMaxIncludeDepth, " deep"));
    const dns::Name before = origin_;
    if (entry.tokens.size() == 3) {
      absl::StatusOr<dns::Name> origin = dns::ParseNameToken(entry.tokens[2], origin_);
      if (!origin.ok()) return AddFault(name, entry.tokens[2], origin.status().message());
      origin_ = *std::move(origin);
    }
    std::string path;
    const std::optional<std::string> text = Read(entry.tokens[1], name, path);
    if (!text.has_value()) return;
    if (!(origin_ == before)) AppendOrigin(name, directive.line);
    Take(*text, path, depth + 1);
    const bool moved = !(origin_ == before);
    origin_ = before;
    if (moved) AppendOrigin(name, directive.line);
  }

  // Nothing, with a fault, if it is not to be read.
  std::optional<std::string> Read(const TextToken& token, const std::string& name, std::string& path) {
    std::string written;
    if (!dns::DecodeToken(token, &written).ok()) written = std::string(token.raw);
    const auto refuse = [&](absl::string_view why) {
      AddFault(name, token, absl::StrCat(dns::ShowToken(token), " is not included: ", why));
      return std::nullopt;
    };
    std::error_code error;
    const fs::path found = fs::canonical(directory_ / written, error);
    if (directory_.empty() || error) return refuse("there is no such file below the directory of includes");
    if (!IsBelow(found, directory_)) return refuse("it does not lie below the directory of includes");
    if (!fs::is_regular_file(found, error)) return refuse("it is no file");
    const uintmax_t size = fs::file_size(found, error);
    if (error || size + out_.text.size() > dns::kMaxZoneFile) return refuse("all together is too large");
    std::ifstream in(found, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (!in || in.bad()) return refuse("it can't be read");
    path = found.string();
    return text;
  }

  void AddFault(const std::string& file, const TextToken& token, absl::string_view message) {
    v1::Fault& fault = *out_.faults.Add();
    fault.set_file(file);
    fault.set_line(token.line);
    fault.set_column(token.column);
    fault.set_rule("include");
    fault.set_message(std::string(message));
  }

  fs::path directory_;
  dns::Name origin_;
  size_t files_ = 0;
  // Of the text so far, the next.
  uint32_t line_ = 1;
  InlinedFile out_;
};

}  // namespace

InlinedFile InlineIncludes(const std::string& text, const std::string& name, const dns::Name& apex,
                           const std::string& directory) {
  Inliner inliner(apex, directory);
  inliner.Take(text, name, 0);
  return inliner.Finish();
}

void LocateInFiles(const InlinedFile& inlined, v1::Fault& fault) {
  if (fault.line() == 0) return;
  const auto behind =
      std::upper_bound(inlined.pieces.begin(), inlined.pieces.end(), fault.line(),
                       [](uint32_t line, const InlinedFile::Piece& piece) { return line < piece.line; });
  if (behind == inlined.pieces.begin()) return;
  const InlinedFile::Piece& piece = *std::prev(behind);
  fault.set_file(piece.file);
  fault.set_line(fault.line() - piece.line + piece.file_line);
}

}  // namespace quartet::admin
