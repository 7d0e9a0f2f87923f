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

// Rows under a header, columns aligned; the last column is not padded. Columns of numbers only are aligned
// right.
class Table {
 public:
  explicit Table(std::vector<std::string> header);
  // As many cells as the header has.
  void Add(std::vector<std::string> row);
  // Prints on standard output; `when_empty` in place of a table without rows.
  void Print(const std::string& when_empty) const;

 private:
  std::vector<std::vector<std::string>> rows_;
};

// "name:   value" lines with the values aligned.
void PrintFields(const std::vector<std::pair<std::string, std::string>>& fields);

// protobuf's JSON with the field names of the .proto files, all fields present, on standard output.
void PrintJson(const google::protobuf::Message& message);

// "2026-03-01 12:00:00Z"; "-" if unset.
std::string FormatTime(const google::protobuf::Timestamp& time);

// "21 MiB", "3.4 GiB"; "-" for 0, which stands for unknown.
std::string FormatBytes(uint64_t bytes);

// The last part of a resource name: "zones/Z1" -> "Z1".
std::string LastPart(const std::string& resource);

}  // namespace quartet::admin
