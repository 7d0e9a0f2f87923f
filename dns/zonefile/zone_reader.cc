#include "dns/zonefile/zone_reader.h"

#include <optional>
#include <span>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "dns/rdata/field_text.h"
#include "dns/rdata/rdata_text.h"
#include "dns/record_set/record_set.h"
#include "dns/zonefile/generate.h"
#include "dns/zonefile/lexer.h"
#include "dns/zonefile/missing_dot.h"
#include "dns/zonefile/record_line.h"

namespace quartet::dns {
namespace {

// Characters that all $GENERATE of a file make together.
constexpr size_t kMaxGeneratedCharacters = size_t{256} << 20;

using Tokens = std::span<const TextToken>;

}  // namespace

class ZoneReader::Impl {
 public:
  Impl(absl::string_view text, const ImportOptions& options, RecordSink& sink, FaultLog* faults,
       FaultLog* warnings)
      : lexer_(text),
        options_(options),
        origin_(options_.apex),
        missing_dot_(options_.apex),
        sink_(sink),
        faults_(*faults),
        warnings_(*warnings) {}

  bool Step() {
    if (stopped_ || !lexer_.Next(&entry_)) return false;
    TakeEntry(entry_);
    return true;
  }

  size_t offset() const { return lexer_.offset(); }

 private:
  void TakeEntry(const Entry& entry) {
    for (const LexFault& fault : entry.faults) faults_.Add(fault.place, "syntax", fault.message);
    if (entry.tokens.empty()) return;
    const TextToken& first = entry.tokens[0];
    const bool directive = !first.quoted && !first.raw.empty() && first.raw[0] == '$';
    if (!entry.faults.empty()) {
      // Its owner still counts for lines behind it that leave theirs out.
      if (!directive && !entry.blank_start) TakeOwner(&first);
    } else if (directive) {
      TakeDirective(first, Tokens(entry.tokens).subspan(1));
    } else {
      TakeRecord(entry.tokens, entry.blank_start);
    }
  }

  // --- Directives ---

  void TakeDirective(const TextToken& directive, Tokens arguments) {
    if (absl::EqualsIgnoreCase(directive.raw, "$GENERATE")) return TakeGenerate(directive, arguments);
    if (absl::EqualsIgnoreCase(directive.raw, "$INCLUDE")) {
      return faults_.Add(PlaceOf(directive), "include",
                         "$INCLUDE is not followed: put the text of that file here instead");
    }
    const bool origin = absl::EqualsIgnoreCase(directive.raw, "$ORIGIN");
    if (!origin && !absl::EqualsIgnoreCase(directive.raw, "$TTL")) {
      return faults_.Add(
          PlaceOf(directive), "directive",
          absl::StrCat(ShowToken(directive), " is no directive: there are $ORIGIN, $TTL and $GENERATE"));
    }
    if (arguments.size() != 1) {
      return faults_.Add(arguments.empty() ? PlaceBehind(directive) : PlaceOf(arguments[1]), "directive",
                         absl::StrCat(directive.raw, " takes one value"));
    }
    if (origin) {
      TakeOrigin(arguments[0]);
    } else {
      TakeDefaultTtl(arguments[0]);
    }
  }

  void TakeOrigin(const TextToken& token) {
    absl::StatusOr<Name> origin = ParseNameToken(token, origin_);
    if (!origin.ok()) return faults_.Add(PlaceOf(token), "directive", origin.status().message());
    origin_ = *std::move(origin);
    owner_text_ = {};
  }

  void TakeDefaultTtl(const TextToken& token) {
    const std::optional<uint32_t> ttl = ParseTtl(token.raw);
    if (ttl.has_value()) {
      default_ttl_ = ttl;
      return;
    }
    faults_.Add(PlaceOf(token), "ttl",
                absl::StrCat(ShowToken(token),
                             " is no TTL: a number of seconds from 0 to 2147483647, or a time like 1h30m"));
    // Records that rely on it aren't wrong for this.
    if (!default_ttl_.has_value()) default_ttl_ = 0;
  }

  void TakeGenerate(const TextToken& directive, Tokens arguments) {
    if (arguments.size() < 4) {
      return faults_.Add(PlaceOf(directive), "generate",
                         "$GENERATE takes a range, an owner, a type and data");
    }
    const std::optional<GenerateRange> range = ParseGenerateRange(arguments[0].raw);
    if (!range.has_value() || range->count() > kMaxGenerated) {
      return faults_.Add(
          PlaceOf(arguments[0]), "generate",
          absl::StrCat(ShowToken(arguments[0]), " is no range like 1-254 or 0-100/5 of at most ",
                       kMaxGenerated, " numbers"));
    }
    const Tokens pattern = arguments.subspan(1);
    size_t size = 0;
    for (const TextToken& token : pattern) size += token.raw.size();
    if (size > kMaxGenerateLine || pattern.size() > kMaxGenerateTokens) {
      return faults_.Add(
          PlaceOf(directive), "generate",
          absl::StrCat("over ", kMaxGenerateLine, " characters or ", kMaxGenerateTokens, " words"));
    }
    Generate(directive, Generator(*range, pattern));
  }

  // One fault stops it: what is wrong with one record is wrong with most of them.
  void Generate(const TextToken& directive, Generator generator) {
    const uint32_t faults_before = faults_.total();
    while (!generator.AtEnd() && !stopped_ && faults_.total() == faults_before) {
      const bool made = generator.Next();
      generated_ += generator.record_size();
      if (made && generated_ <= kMaxGeneratedCharacters) {
        repeated_ = !generator.is_first();
        TakeRecord(generator.record(), false);
        // It points into the generator's words.
        owner_text_ = {};
      } else {
        faults_.Add(PlaceOf(directive), "generate",
                    "a malformed ${offset,width,base}, a number below 0, or too much text");
      }
    }
    repeated_ = false;
  }

  // --- Records ---

  void TakeRecord(Tokens tokens, bool blank_start) {
    const RecordLine line = ReadRecordLine(tokens, blank_start);
    bool good = line.faults.empty();
    if (line.owner != nullptr || !owner_known_) good = TakeOwner(line.owner, &tokens[0]) && good;
    for (const auto& [place, rule, message] : line.faults) {
      faults_.Add(place, rule, message, OwnerText(), line.type.has_value() ? TypeName(*line.type) : "");
    }
    if (!line.type.has_value()) return;
    size_t bad = 0;
    absl::StatusOr<RecordData> data = ParseRecordData(*line.type, line.data, origin_, &bad);
    if (!data.ok()) {
      const Place place = bad < line.data.size() ? PlaceOf(line.data[bad]) : PlaceBehind(tokens.back());
      return Report(&faults_, place, "record-data", data.status().message(), *line.type);
    }
    const std::optional<uint32_t> ttl = TtlOf(line, *data);
    if (!good || !ttl.has_value()) return;
    if (owner_.has_value()) Collect(line, *ttl, *std::move(data), PlaceOf(tokens[0]));
  }

  // Makes the owner on a line the current one; null: there is none on it. False, with owner_ empty, if it is
  // wrong.
  bool TakeOwner(const TextToken* token, const TextToken* start = nullptr) {
    owner_known_ = true;
    if (token == nullptr) {
      owner_.reset();
      faults_.Add(PlaceOf(*start), "owner", "no record before this one has an owner it could take over");
      return false;
    }
    // Runs of records repeat their owner.
    if (owner_.has_value() && token->raw == owner_text_ && !token->quoted) return true;
    owner_.reset();
    owner_text_ = token->raw;
    absl::StatusOr<Name> owner = ParseNameToken(*token, origin_);
    if (!owner.ok()) {
      faults_.Add(PlaceOf(*token), "owner", owner.status().message());
      return false;
    }
    if (!owner->IsWithin(options_.apex)) {
      faults_.Add(PlaceOf(*token), "owner-outside-zone",
                  absl::StrCat(owner->ToString(), " is not in the zone ", options_.apex.ToString()),
                  owner->ToString());
      return false;
    }
    owner_ = *std::move(owner);
    if (!repeated_ && missing_dot_.OwnerLooksAbsolute(token->raw)) WarnOfDot(*token, std::nullopt);
    return true;
  }

  std::optional<uint32_t> TtlOf(const RecordLine& line, const RecordData& data) {
    if (line.ttl.has_value()) {
      last_ttl_ = line.ttl;
      return line.ttl;
    }
    if (line.wrong_ttl) {
      // Records that rely on it aren't wrong for this.
      if (!last_ttl_.has_value()) last_ttl_ = 0;
      return std::nullopt;
    }
    // RFC 2308 §4, then RFC 1035 §5.1.
    if (default_ttl_.has_value()) return default_ttl_;
    if (last_ttl_.has_value()) return last_ttl_;
    if (options_.default_ttl.has_value()) return options_.default_ttl;
    if (data.type() == Type::kSoa && ReadSoa(data).minimum <= RecordSet::kMaxTtl) {
      last_ttl_ = ReadSoa(data).minimum;
      Report(&warnings_, PlaceOf(*line.type_token), "ttl-from-soa",
             absl::StrCat("no TTL given yet: the SOA's minimum, ", *last_ttl_, ", is taken"), data.type());
      return last_ttl_;
    }
    Report(&faults_, PlaceOf(*line.type_token), "ttl-missing",
           "no TTL given and none known: write one before the type, or $TTL at the top", data.type());
    return std::nullopt;
  }

  void Collect(const RecordLine& line, uint32_t ttl, RecordData data, Place place) {
    const Type type = data.type();
    const bool soa = type == Type::kSoa;
    if (soa && *owner_ != options_.apex) {
      return Report(&faults_, place, "soa",
                    absl::StrCat("a SOA stands at ", options_.apex.ToString(), " only"), type);
    }
    if (records_ == options_.max_records) {
      stopped_ = true;
      return faults_.Add(place, "too-many-records",
                         absl::StrCat("more than ", options_.max_records, " records; the rest was not read"));
    }
    ++records_;
    if (!repeated_) {
      WarnOfValues(line, type);
      WarnOfStrings(line, type);
    }
    if (!sink_.Take(*owner_, ttl, std::move(data), place)) stopped_ = true;
  }

  // --- Messages ---

  void WarnOfValues(const RecordLine& line, Type type) {
    for (size_t i : MissingDot::NameTokens(type)) {
      if (i < line.data.size() && missing_dot_.ValueLooksAbsolute(line.data[i].raw))
        WarnOfDot(line.data[i], type);
    }
  }

  void WarnOfStrings(const RecordLine& line, Type type) {
    if (HasLooseBlanks(type, line.data)) {
      Report(
          &warnings_, PlaceOf(line.data.front()), "text-unquoted",
          absl::StrCat("text with blanks and without quotes around it is ", line.data.size(),
                       " strings, which readers join without the blanks; write it as \"...\" if it is one"),
          type);
    }
    if (HasLongString(type, line.data)) {
      Report(&warnings_, PlaceOf(line.data.front()), "string-split",
             "a string has 255 octets at most (RFC 1035 §3.3): the longer one is split into several, which "
             "readers join again",
             type);
    }
  }

  void WarnOfDot(const TextToken& token, std::optional<Type> type) {
    if (origin_.is_root()) return;
    warnings_.Add(PlaceOf(token), "final-dot-missing",
                  absl::StrCat(ShowToken(token), " has no final dot, so ", origin_.ToString(),
                               " is put behind it; write the dot if that is not meant"),
                  OwnerText(), type.has_value() ? TypeName(*type) : "");
  }

  std::string OwnerText() const { return owner_.has_value() ? owner_->ToString() : ""; }

  void Report(FaultLog* log, Place place, absl::string_view rule, absl::string_view message, Type type) {
    log->Add(place, rule, message, OwnerText(), TypeName(type));
  }

  Lexer lexer_;
  Entry entry_;
  const ImportOptions options_;
  Name origin_;
  MissingDot missing_dot_;
  RecordSink& sink_;
  FaultLog& faults_;
  FaultLog& warnings_;

  // The current owner as written under this origin, or empty; and as a name, empty if it was wrong.
  absl::string_view owner_text_;
  std::optional<Name> owner_;
  // A record before had an owner, right or wrong.
  bool owner_known_ = false;

  // Of $TTL; as written last on a record.
  std::optional<uint32_t> default_ttl_;
  std::optional<uint32_t> last_ttl_;

  uint32_t records_ = 0;
  size_t generated_ = 0;
  // In a $GENERATE, behind its first record.
  bool repeated_ = false;
  bool stopped_ = false;
};

ZoneReader::ZoneReader(absl::string_view text, const ImportOptions& options, RecordSink& sink,
                       FaultLog* faults, FaultLog* warnings)
    : impl_(std::make_unique<Impl>(text, options, sink, faults, warnings)) {}

ZoneReader::~ZoneReader() = default;

bool ZoneReader::Step() { return impl_->Step(); }

size_t ZoneReader::offset() const { return impl_->offset(); }

}  // namespace quartet::dns
