// What commands print: aligned tables for people, the API's JSON for programs.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace google::protobuf {
class Message;
class Timestamp;
}  // namespace google::protobuf

namespace quartet::admin {

enum class Colour { kGreen, kYellow, kRed, kBold };

// `text` in a colour, if `fd` (standard output or error) is a terminal that has some and NO_COLOR is not set
// (no-color.org).
std::string Coloured(Colour colour, const std::string& text, int fd = 1);

// `text` without what would drive a terminal: control characters become "?", but for our own colours. For all that is
// printed and came from elsewhere; Table and PrintFields do it themselves.
std::string Printable(const std::string& text);

// Rows under a header, columns aligned; the last column is not padded. Columns of numbers only are aligned
// right.
class Table {
 public:
  // With `wide` it has the columns of `wide_header` too, on the right.
  explicit Table(std::vector<std::string> header, std::vector<std::string> wide_header = {},
                 bool wide = false);
  // As many cells as both headers have.
  void Add(std::vector<std::string> row);
  // Prints on standard output; `when_empty` in place of a table without rows.
  void Print(const std::string& when_empty) const;

 private:
  size_t columns_;
  std::vector<std::vector<std::string>> rows_;
};

// "name:   value" lines with the values aligned.
void PrintFields(const std::vector<std::pair<std::string, std::string>>& fields);

// protobuf's JSON with the field names of the .proto files, all fields present; on one line or many. Ends with a newline.
std::string JsonOf(const google::protobuf::Message& message, bool one_line);

// "2026-03-01 12:00:00Z"; "-" if unset.
std::string FormatTime(const google::protobuf::Timestamp& time);

// "21 MiB", "3.4 GiB"; "-" for 0, which stands for unknown.
std::string FormatBytes(uint64_t bytes);

// "1,234,567".
std::string WithCommas(uint64_t number);

// "1 zone", "2 zones".
std::string Count(uint64_t number, const std::string& one);

// "-" for an empty text.
std::string OrNone(const std::string& text);

// The last part of a resource name: "zones/Z1" -> "Z1".
std::string LastPart(const std::string& resource);

}  // namespace quartet::admin
