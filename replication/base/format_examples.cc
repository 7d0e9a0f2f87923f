#include "replication/base/format_examples.h"

#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace quartet::replication {

namespace {

// The hexadecimal digits of a line, comment and blanks left out.
std::string Digits(const std::string& line) {
  std::string digits;
  for (char c : line) {
    if (c == '#') break;
    if (std::isxdigit(static_cast<unsigned char>(c)) != 0) {
      digits += c;
    } else {
      EXPECT_EQ(c, ' ') << "in the line: " << line;
    }
  }
  EXPECT_EQ(digits.size() % 2, 0U) << "half a byte in the line: " << line;
  return digits;
}

std::vector<std::string> Lines(absl::string_view page, absl::string_view kind, absl::string_view name) {
  std::ifstream file(absl::StrCat("docs/formats/", page));
  EXPECT_TRUE(file.is_open()) << page;
  const std::string opening = absl::StrCat("```", kind, " ", name);
  std::string line;
  while (std::getline(file, line) && line != opening) {
  }
  EXPECT_TRUE(file.good()) << page << " has no example " << name;
  std::vector<std::string> lines;
  while (std::getline(file, line) && line != "```") lines.push_back(line);
  return lines;
}

}  // namespace

std::string FormatExample(absl::string_view page, absl::string_view name) {
  std::string digits;
  for (const std::string& line : Lines(page, "hex", name)) digits += Digits(line);
  return absl::HexStringToBytes(digits);
}

std::string FormatText(absl::string_view page, absl::string_view name) {
  std::string text;
  for (const std::string& line : Lines(page, "text", name)) absl::StrAppend(&text, line, "\n");
  return text;
}

}  // namespace quartet::replication
