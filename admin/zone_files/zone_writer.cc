#include "admin/zone_files/zone_writer.h"

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "dns/name/name.h"
#include "dns/zonefile/exporter.h"

namespace quartet::admin {
namespace {

constexpr size_t kOwnerColumn = 24;
constexpr size_t kTtlColumn = 7;
constexpr size_t kTypeColumn = 6;

void Column(absl::string_view text, size_t width, std::string& out) {
  absl::StrAppend(&out, text);
  out.append(text.size() < width ? width - text.size() + 1 : 1, ' ');
}

// What all formats have in common.
class Writer : public ZoneWriter {
 public:
  explicit Writer(Sink sink) : sink_(std::move(sink)) {}

 protected:
  void SetApex(const v1::Zone& zone) {
    domain_ = zone.domain_name();
    const absl::StatusOr<dns::Name> apex = dns::Name::Parse(domain_);
    if (apex.ok()) apex_ = *apex;
  }
  bool IsApex(const v1::RecordSet& set) const { return absl::EqualsIgnoreCase(set.owner(), domain_); }
  std::string Owner(const v1::RecordSet& set) const {
    const absl::StatusOr<dns::Name> owner = dns::Name::Parse(set.owner());
    return owner.ok() ? dns::RelativeOwner(*owner, apex_) : set.owner();
  }
  void Write(absl::string_view text) { sink_(text); }

 private:
  const Sink sink_;
  std::string domain_;
  dns::Name apex_;
};

class ZoneFileWriter : public Writer {
 public:
  using Writer::Writer;

  void Begin(const v1::Zone& zone) override {
    SetApex(zone);
    Write(absl::StrCat("; ", zone.domain_name(), " at revision ", zone.revision(), ", serial ", zone.serial(),
                       "\n$ORIGIN ", zone.domain_name(), "\n"));
  }
  void Add(const v1::RecordSet& set) override {
    if (IsApex(set)) {
      apex_sets_.push_back(set);
      return;
    }
    WriteApex();
    WriteSet(set);
  }
  void End() override { WriteApex(); }

 private:
  static int Order(const v1::RecordSet& set) { return set.type() == "SOA" ? 0 : set.type() == "NS" ? 1 : 2; }

  // Other servers want the SOA first.
  void WriteApex() {
    std::stable_sort(apex_sets_.begin(), apex_sets_.end(),
                     [](const v1::RecordSet& a, const v1::RecordSet& b) { return Order(a) < Order(b); });
    for (const v1::RecordSet& set : std::exchange(apex_sets_, {})) WriteSet(set);
  }

  void WriteSet(const v1::RecordSet& set) {
    std::string text;
    for (const std::string& value : set.values()) {
      Column(Owner(set), kOwnerColumn, text);
      Column(absl::StrCat(set.ttl()), kTtlColumn, text);
      absl::StrAppend(&text, "IN ");
      Column(set.type(), kTypeColumn, text);
      absl::StrAppend(&text, value, "\n");
    }
    Write(text);
  }

  std::vector<v1::RecordSet> apex_sets_;
};

class YamlWriter : public Writer {
 public:
  using Writer::Writer;

  void Begin(const v1::Zone& zone) override {
    SetApex(zone);
    Write(absl::StrCat("zone: ", QuotedText(zone.domain_name()), "\nrevision: ", zone.revision(),
                       "\nrecord_sets:"));
  }
  void Add(const v1::RecordSet& set) override {
    if (IsApex(set) && (set.type() == "SOA" || set.type() == "NS")) return;
    std::string text = absl::StrCat(any_ ? "" : "\n", "  - owner: ", QuotedText(Owner(set)),
                                    "\n    type: ", set.type(), "\n    ttl: ", set.ttl(), "\n    values:\n");
    for (const std::string& value : set.values()) absl::StrAppend(&text, "      - ", QuotedText(value), "\n");
    if (!set.writer().empty()) absl::StrAppend(&text, "    writer: ", QuotedText(set.writer()), "\n");
    if (!set.comment().empty()) absl::StrAppend(&text, "    comment: ", QuotedText(set.comment()), "\n");
    any_ = true;
    Write(text);
  }
  void End() override {
    if (!any_) Write(" []\n");
  }

 private:
  bool any_ = false;
};

class JsonWriter : public Writer {
 public:
  using Writer::Writer;

  void Begin(const v1::Zone& zone) override {
    SetApex(zone);
    Write(absl::StrCat("{\n  \"zone\": ", QuotedText(zone.domain_name()),
                       ",\n  \"revision\": ", zone.revision(), ",\n  \"record_sets\": ["));
  }
  void Add(const v1::RecordSet& set) override {
    if (IsApex(set) && (set.type() == "SOA" || set.type() == "NS")) return;
    std::string text =
        absl::StrCat(any_ ? ",\n" : "\n", "    {\"owner\": ", QuotedText(Owner(set)),
                     ", \"type\": ", QuotedText(set.type()), ", \"ttl\": ", set.ttl(), ", \"values\": [");
    for (int i = 0; i < set.values_size(); ++i)
      absl::StrAppend(&text, i == 0 ? "" : ", ", QuotedText(set.values(i)));
    absl::StrAppend(&text, "]");
    if (!set.writer().empty()) absl::StrAppend(&text, ", \"writer\": ", QuotedText(set.writer()));
    if (!set.comment().empty()) absl::StrAppend(&text, ", \"comment\": ", QuotedText(set.comment()));
    absl::StrAppend(&text, "}");
    any_ = true;
    Write(text);
  }
  void End() override { Write(any_ ? "\n  ]\n}\n" : "]\n}\n"); }

 private:
  bool any_ = false;
};

// How many bytes of UTF-8 at the front of `rest` make a character that YAML does not take as it is, and which: C1 controls,
// line and paragraph separators, the byte order mark, U+FFFE and U+FFFF. 0: none.
size_t Unprintable(absl::string_view rest, uint32_t* code) {
  const auto byte = [&](size_t i) { return i < rest.size() ? static_cast<uint8_t>(rest[i]) : uint8_t{0}; };
  if (byte(0) == 0xc2 && byte(1) >= 0x80 && byte(1) <= 0x9f) {
    *code = byte(1);
    return 2;
  }
  if (byte(0) < 0xe0 || byte(0) > 0xef) return 0;
  *code = (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
  const bool separator = *code == 0x2028 || *code == 0x2029;
  return separator || *code == 0xfeff || *code == 0xfffe || *code == 0xffff ? 3 : 0;
}

}  // namespace

std::string QuotedText(absl::string_view utf8) {
  std::string out = "\"";
  for (size_t i = 0; i < utf8.size(); ++i) {
    const auto byte = static_cast<uint8_t>(utf8[i]);
    uint32_t code = byte;
    if (byte == '"' || byte == '\\') {
      out += '\\';
      out += utf8[i];
    } else if (byte < 0x20 || byte == 0x7f) {
      absl::StrAppendFormat(&out, "\\u%04x", code);
    } else if (const size_t bytes = Unprintable(utf8.substr(i), &code); bytes > 0) {
      absl::StrAppendFormat(&out, "\\u%04x", code);
      i += bytes - 1;
    } else {
      out += utf8[i];
    }
  }
  out += '"';
  return out;
}

std::unique_ptr<ZoneWriter> MakeZoneWriter(ZoneFormat format, ZoneWriter::Sink sink) {
  switch (format) {
    case ZoneFormat::kYaml:
      return std::make_unique<YamlWriter>(std::move(sink));
    case ZoneFormat::kJson:
      return std::make_unique<JsonWriter>(std::move(sink));
    case ZoneFormat::kZoneFile:
      break;
  }
  return std::make_unique<ZoneFileWriter>(std::move(sink));
}

}  // namespace quartet::admin
