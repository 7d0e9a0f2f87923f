#include "controller/backup/manifest.h"

#include <algorithm>
#include <deque>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "controller/backup/sha256.h"

namespace quartet::controller {
namespace {

using replication::Position;

constexpr absl::string_view kFirstLine = "quartet backup 1";
constexpr absl::string_view kFirstWords = "quartet backup ";
constexpr absl::string_view kHashLine = "sha256: ";
constexpr size_t kMaxText = 255;

absl::Status Damaged(absl::string_view why) {
  return absl::DataLossError(absl::StrCat("MANIFEST is damaged: ", why));
}

bool IsLine(absl::string_view text) {
  return text.size() <= kMaxText && std::none_of(text.begin(), text.end(), absl::ascii_iscntrl);
}

std::string PositionText(const Position& position) {
  const absl::string_view chain(reinterpret_cast<const char*>(position.chain.data()), position.chain.size());
  return absl::StrCat(position.epoch, " ", position.index, " ", absl::BytesToHexString(chain));
}

std::string ContentsText(const Manifest::Contents& contents) {
  return absl::StrCat(contents.bytes, " ", absl::BytesToHexString(contents.sha256));
}

// The lines, read one after the other.
class Lines {
 public:
  explicit Lines(absl::string_view text) : lines_(absl::StrSplit(text, '\n')) {}

  bool NextIs(absl::string_view name) const {
    return !lines_.empty() && absl::StartsWith(lines_.front(), absl::StrCat(name, ": "));
  }
  // Words of the next line, which has to be `name`'s and to have so many.
  absl::StatusOr<std::vector<std::string>> Words(absl::string_view name, size_t count) {
    absl::StatusOr<std::string> rest = Text(name);
    if (!rest.ok()) return rest.status();
    std::vector<std::string> words = absl::StrSplit(*rest, ' ');
    if (words.size() != count) return Damaged(absl::StrCat("its line ", name));
    return words;
  }
  absl::StatusOr<std::string> Text(absl::string_view name) {
    if (!NextIs(name)) return Damaged(absl::StrCat("it has no line ", name, " where that belongs"));
    absl::string_view rest = lines_.front();
    absl::ConsumePrefix(&rest, absl::StrCat(name, ": "));
    lines_.pop_front();
    return std::string(rest);
  }
  template <typename Number>
  absl::Status Read(absl::string_view name, Number& number) {
    const absl::StatusOr<std::vector<std::string>> words = Words(name, 1);
    if (!words.ok()) return words.status();
    return absl::SimpleAtoi(words->front(), &number) ? absl::OkStatus()
                                                     : Damaged(absl::StrCat("its line ", name));
  }
  absl::Status Read(absl::string_view name, Position& position) {
    const absl::StatusOr<std::vector<std::string>> words = Words(name, 3);
    if (!words.ok()) return words.status();
    const std::string chain = absl::HexStringToBytes((*words)[2].size() == 32 ? (*words)[2] : "");
    if (!absl::SimpleAtoi((*words)[0], &position.epoch) || !absl::SimpleAtoi((*words)[1], &position.index) ||
        chain.size() != position.chain.size()) {
      return Damaged(absl::StrCat("its line ", name));
    }
    std::copy(chain.begin(), chain.end(), position.chain.begin());
    return absl::OkStatus();
  }
  bool AtEnd() const { return lines_.size() == 1 && lines_.front().empty(); }

 private:
  std::deque<absl::string_view> lines_;
};

absl::Status ReadContents(absl::string_view bytes, absl::string_view hash, Manifest::Contents& contents) {
  contents.sha256 = absl::HexStringToBytes(hash.size() == 2 * Sha256::kBytes ? hash : "");
  if (!absl::SimpleAtoi(bytes, &contents.bytes) || contents.sha256.size() != Sha256::kBytes)
    return Damaged("a length or checksum in it is none");
  return absl::OkStatus();
}

absl::Status ReadFiles(Lines& lines, Manifest& manifest) {
  std::set<std::string> names;
  while (lines.NextIs("file")) {
    const absl::StatusOr<std::vector<std::string>> words = lines.Words("file", 3);
    if (!words.ok()) return words.status();
    Manifest::File file{(*words)[2], {}};
    if (!IsFileName(file.name) || !names.insert(file.name).second)
      return Damaged("a name of a file in it is none, or is there twice");
    if (absl::Status status = ReadContents((*words)[0], (*words)[1], file.contents); !status.ok())
      return status;
    manifest.files.push_back(std::move(file));
  }
  if (!lines.AtEnd()) return Damaged("it has a line that is none of its format's");
  return absl::OkStatus();
}

absl::Status ReadAll(Lines& lines, Manifest& manifest) {
  const auto text = [&](absl::string_view name, std::string& into) {
    absl::StatusOr<std::string> value = lines.Text(name);
    if (!value.ok()) return value.status();
    into = *std::move(value);
    return absl::OkStatus();
  };
  absl::Status status = text("controller", manifest.controller);
  if (status.ok()) status = text("version", manifest.version);
  if (status.ok()) status = lines.Read("begin", manifest.begin_us);
  if (status.ok()) status = lines.Read("end", manifest.end_us);
  if (status.ok()) status = lines.Read("after", manifest.after);
  if (status.ok()) status = lines.Read("head", manifest.head);
  if (status.ok()) status = lines.Read("term", manifest.term);
  if (!status.ok()) return status;
  const absl::StatusOr<std::vector<std::string>> words = lines.Words("entries", 3);
  if (!words.ok()) return words.status();
  if (!absl::SimpleAtoi((*words)[0], &manifest.entry_count)) return Damaged("its line entries");
  status = ReadContents((*words)[1], (*words)[2], manifest.entries);
  return status.ok() ? ReadFiles(lines, manifest) : status;
}

}  // namespace

bool IsFileName(absl::string_view name) {
  return !name.empty() && name.size() <= 255 && name != "." && name != ".." &&
         std::all_of(name.begin(), name.end(),
                     [](char c) { return absl::ascii_isalnum(c) || c == '.' || c == '-' || c == '_'; });
}

absl::StatusOr<std::string> WriteManifest(const Manifest& manifest) {
  if (!IsLine(manifest.controller) || !IsLine(manifest.version))
    return absl::InvalidArgumentError("the controller's name or version is no line of text");
  std::string text = absl::StrCat(
      kFirstLine, "\ncontroller: ", manifest.controller, "\nversion: ", manifest.version,
      "\nbegin: ", manifest.begin_us, "\nend: ", manifest.end_us, "\nafter: ", PositionText(manifest.after),
      "\nhead: ", PositionText(manifest.head), "\nterm: ", manifest.term, "\nentries: ", manifest.entry_count,
      " ", ContentsText(manifest.entries), "\n");
  for (const Manifest::File& file : manifest.files)
    absl::StrAppend(&text, "file: ", ContentsText(file.contents), " ", file.name, "\n");
  absl::StrAppend(&text, kHashLine, absl::BytesToHexString(Sha256Of(text)), "\n");
  return text;
}

absl::StatusOr<Manifest> ReadManifest(absl::string_view text) {
  const size_t hash_begin = text.rfind(absl::StrCat("\n", kHashLine));
  if (hash_begin == absl::string_view::npos) return Damaged("its end is missing");
  const absl::string_view all = text.substr(0, hash_begin + 1);
  if (text.substr(hash_begin + 1) != absl::StrCat(kHashLine, absl::BytesToHexString(Sha256Of(all)), "\n"))
    return Damaged("its checksum is another than it says");
  const absl::string_view first = all.substr(0, all.find('\n'));
  if (!absl::StartsWith(first, kFirstWords)) return Damaged("it is none of a backup");
  if (first != kFirstLine) {
    return absl::UnimplementedError(absl::StrCat("MANIFEST is of a newer format (", first,
                                                 "): use the version that wrote it, or a later one"));
  }
  Manifest manifest;
  Lines lines(all.substr(first.size() + 1));
  if (absl::Status status = ReadAll(lines, manifest); !status.ok()) return status;
  return manifest;
}

}  // namespace quartet::controller
