// $INCLUDE of zone files (RFC 1035 §5.1), which the controller does not follow: put in here, before a file is sent.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "dns/name/name.h"
#include "google/protobuf/repeated_field.h"
#include "quartet/admin/v1/fault.pb.h"

namespace quartet::admin {

// Files within files, and files in all.
inline constexpr size_t kMaxIncludeDepth = 16;
inline constexpr size_t kMaxIncludes = 10'000;

struct InlinedFile {
  std::string text;
  // From this line of the text on, up to the next piece, it is a file's, from that line of it on. Never empty.
  struct Piece {
    uint32_t line;
    std::string file;
    uint32_t file_line;
  };
  std::vector<Piece> pieces;
  // Rule "include": a file that is not below the directory or can't be read, too many or too deep; a record behind an $INCLUDE
  // that leaves its owner out. With any, the text is not to be used.
  google::protobuf::RepeatedPtrField<v1::Fault> faults;
};

// Puts the files that `text` includes, and those that these include, in the place of their directives; the origin behind each
// is the one before it. Names of files are taken as below `directory`, links are followed first, and what does not lie below it
// then is refused. `name` is what `text` is called in faults; `apex` is its first origin.
InlinedFile InlineIncludes(const std::string& text, const std::string& name, const dns::Name& apex,
                           const std::string& directory);

// Gives a fault that has a line of the inlined text its file and line there.
void LocateInFiles(const InlinedFile& inlined, v1::Fault& fault);

}  // namespace quartet::admin
