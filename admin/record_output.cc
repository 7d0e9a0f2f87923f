#include "admin/record_output.h"

#include <cstdio>
#include <string>

#include "absl/strings/str_cat.h"
#include "admin/output.h"
#include "quartet/admin/v1/record_set.pb.h"

namespace quartet::admin {
namespace {

void PrintSet(const char* sign, Colour colour, const v1::RecordSet& set) {
  for (const std::string& value : set.values()) {
    const std::string line =
        absl::StrCat(sign, " ", set.owner(), " ", set.ttl(), " ", set.type(), " ", value);
    std::printf("%s\n", Coloured(colour, Printable(line)).c_str());
  }
}

}  // namespace

void PrintEffect(const v1::RecordSetEffect& effect) {
  PrintSet("-", Colour::kRed, effect.before());
  PrintSet("+", Colour::kGreen, effect.after());
}

void PrintRecordSets(const google::protobuf::RepeatedPtrField<v1::RecordSet>& sets, bool wide) {
  Table table({"OWNER", "TTL", "TYPE", "VALUE"}, {"WRITER"}, wide);
  for (const v1::RecordSet& set : sets) {
    for (int i = 0; i < set.values_size(); ++i) {
      const bool first = i == 0;
      table.Add({first ? set.owner() : "", first ? absl::StrCat(set.ttl()) : "-", first ? set.type() : "",
                 set.values(i), first ? OrNone(set.writer()) : ""});
    }
  }
  table.Print("No such record sets.");
}

}  // namespace quartet::admin
