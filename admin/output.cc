#include "admin/output.h"

#include <google/protobuf/message.h>
#include <google/protobuf/timestamp.pb.h>
#include <google/protobuf/util/json_util.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"

namespace quartet::admin {
namespace {

// Selections of a colour, and the end of one (ECMA-48 §8.3.117).
constexpr std::array<absl::string_view, 5> kColours = {"\x1b[32m", "\x1b[33m", "\x1b[31m", "\x1b[1m",
                                                       "\x1b[0m"};
constexpr absl::string_view kColourEnd = kColours.back();

// How many bytes at the begin of `text` are one of ours.
size_t ColourAt(absl::string_view text) {
  for (const absl::string_view colour : kColours) {
    if (absl::StartsWith(text, colour)) return colour.size();
  }
  return 0;
}

bool HasColours(int fd) {
  const char* no_color = std::getenv("NO_COLOR");
  const char* term = std::getenv("TERM");
  if (no_color != nullptr && *no_color != '\0') return false;
  return isatty(fd) != 0 && term != nullptr && absl::string_view(term) != "dumb";
}

std::string WithoutColours(std::string text) {
  for (const absl::string_view colour : kColours) absl::StrReplaceAll({{colour, ""}}, &text);
  return text;
}

// Characters on a terminal: bytes that don't continue a UTF-8 sequence.
size_t Width(const std::string& cell) {
  const std::string text = WithoutColours(cell);
  return std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xc0) != 0x80; });
}

bool IsNumber(const std::string& cell) {
  const std::string text = WithoutColours(cell);
  return !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
}

// Whether column `c` holds numbers, some of them unknown perhaps ("-").
bool HasNumbers(const std::vector<std::vector<std::string>>& rows, size_t c) {
  bool any = false;
  for (size_t r = 1; r < rows.size(); ++r) {
    if (rows[r][c] != "-" && !IsNumber(rows[r][c])) return false;
    any = any || rows[r][c] != "-";
  }
  return any;
}

}  // namespace

std::string Coloured(Colour colour, const std::string& text, int fd) {
  if (!HasColours(fd)) return text;
  return absl::StrCat(kColours[static_cast<size_t>(colour)], text, kColourEnd);
}

std::string Printable(const std::string& text) {
  std::string printable;
  printable.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const size_t colour = byte == 0x1b ? ColourAt(absl::string_view(text).substr(i)) : 0;
    // C1 controls are 0xc2 0x80 to 0xc2 0x9f.
    const bool c1 = byte == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    const size_t taken = colour > 0 ? colour : c1 ? 2 : 1;
    const bool control = colour == 0 && (c1 || byte < 0x20 || byte == 0x7f);
    printable += control ? "?" : text.substr(i, taken);
    i += taken;
  }
  return printable;
}

Table::Table(std::vector<std::string> header, std::vector<std::string> wide_header, bool wide)
    : columns_(header.size() + (wide ? wide_header.size() : 0)) {
  header.insert(header.end(), wide_header.begin(), wide_header.end());
  Add(std::move(header));
}

void Table::Add(std::vector<std::string> row) {
  row.resize(columns_);
  for (std::string& cell : row) cell = Printable(cell);
  rows_.push_back(std::move(row));
}

void Table::Print(const std::string& when_empty) const {
  if (rows_.size() == 1) {
    std::printf("%s\n", when_empty.c_str());
    return;
  }
  std::vector<size_t> widths(columns_, 0);
  std::vector<bool> numbers(columns_, false);
  for (size_t c = 0; c < columns_; ++c) {
    numbers[c] = HasNumbers(rows_, c);
    for (const std::vector<std::string>& row : rows_) widths[c] = std::max(widths[c], Width(row[c]));
  }
  for (const std::vector<std::string>& row : rows_) {
    std::string line;
    for (size_t c = 0; c < columns_; ++c) {
      const std::string padding(widths[c] - Width(row[c]), ' ');
      const bool last = c + 1 == columns_;
      absl::StrAppend(&line, numbers[c] ? padding : "", row[c], numbers[c] || last ? "" : padding,
                      last ? "" : "  ");
    }
    std::printf("%s\n", line.c_str());
  }
}

void PrintFields(const std::vector<std::pair<std::string, std::string>>& fields) {
  size_t width = 0;
  for (const auto& [name, value] : fields) width = std::max(width, name.size());
  for (const auto& [name, value] : fields) {
    std::printf("%s%s%s\n", name.empty() ? "" : absl::StrCat(name, ":").c_str(),
                std::string(width + (name.empty() ? 3 : 2) - name.size(), ' ').c_str(),
                Printable(value).c_str());
  }
}

std::string JsonOf(const google::protobuf::Message& message, bool one_line) {
  google::protobuf::util::JsonPrintOptions options;
  options.add_whitespace = !one_line;
  options.always_print_primitive_fields = true;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(message, &json, options).ok()) json = "{}";
  if (json.empty() || json.back() != '\n') json += '\n';
  return json;
}

std::string FormatTime(const google::protobuf::Timestamp& time) {
  if (time.seconds() == 0) return "-";
  const std::time_t seconds = time.seconds();
  std::tm parts = {};
  gmtime_r(&seconds, &parts);
  char text[32];
  std::strftime(text, sizeof text, "%Y-%m-%d %H:%M:%SZ", &parts);
  return text;
}

std::string FormatBytes(uint64_t bytes) {
  if (bytes == 0) return "-";
  constexpr const char* kUnits[] = {"B", "KiB", "MiB", "GiB", "TiB"};
  double number = static_cast<double>(bytes);
  size_t unit = 0;
  for (; number >= 1024 && unit + 1 < std::size(kUnits); ++unit) number /= 1024;
  const int digits = number < 10 && unit > 0 ? 1 : 0;
  return absl::StrFormat("%.*f %s", digits, number, kUnits[unit]);
}

std::string WithCommas(uint64_t number) {
  std::string text = absl::StrCat(number);
  for (size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

std::string Count(uint64_t number, const std::string& one) {
  return absl::StrCat(number, " ", one, number == 1 ? "" : "s");
}

std::string OrNone(const std::string& text) { return text.empty() ? "-" : text; }

std::string LastPart(const std::string& resource) {
  const size_t slash = resource.rfind('/');
  return slash == std::string::npos ? resource : resource.substr(slash + 1);
}

}  // namespace quartet::admin
