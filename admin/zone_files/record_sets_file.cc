#include "admin/zone_files/record_sets_file.h"

#include <yaml.h>

#include <cstring>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace quartet::admin {
namespace {

constexpr int kMaxFaults = 1000;
// Lists and mappings within each other; libyaml takes ever longer for each further one. A record set's values are the fourth.
constexpr int kMaxDepth = 16;

// One event of libyaml's, freed at its end.
struct Event {
  Event() { std::memset(&yaml, 0, sizeof yaml); }
  ~Event() { yaml_event_delete(&yaml); }
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  yaml_event_type_t type() const { return yaml.type; }
  yaml_mark_t mark() const { return yaml.start_mark; }
  std::string text() const {
    return {reinterpret_cast<const char*>(yaml.data.scalar.value), yaml.data.scalar.length};
  }
  yaml_event_t yaml;
};

bool Begins(yaml_event_type_t type) {
  return type == YAML_MAPPING_START_EVENT || type == YAML_SEQUENCE_START_EVENT;
}
bool Ends(yaml_event_type_t type) {
  return type == YAML_MAPPING_END_EVENT || type == YAML_SEQUENCE_END_EVENT;
}

int ReadMore(void* in, unsigned char* buffer, size_t size, size_t* read) {
  auto& stream = *static_cast<std::istream*>(in);
  stream.read(reinterpret_cast<char*>(buffer), static_cast<std::streamsize>(size));
  *read = static_cast<size_t>(stream.gcount());
  return stream.bad() ? 0 : 1;
}

}  // namespace

class RecordSetsFile::Impl {
 public:
  Impl(std::istream& in, const std::string& name)
      : name_(name), good_(yaml_parser_initialize(&parser_) != 0) {
    if (good_) yaml_parser_set_input(&parser_, ReadMore, &in);
  }
  ~Impl() { yaml_parser_delete(&parser_); }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  bool Next(v1::ImportedRecordSet* set) {
    if (!found_ && !FindList()) return false;
    for (;;) {
      Event event;
      if (!Take(event)) return false;
      if (event.type() == YAML_SEQUENCE_END_EVENT) {
        EndFile();
        return false;
      }
      if (event.type() != YAML_MAPPING_START_EVENT) {
        AddFault(event.mark(), "wrong-kind", "a record set is a mapping: owner, type, ttl, values");
        Skip(event.type());
        continue;
      }
      if (ReadSet(event.mark(), *set)) return true;
    }
  }

  google::protobuf::RepeatedPtrField<v1::Fault> faults;
  uint32_t total = 0;

 private:
  // The next event that stands for something. False: there is none, or the text is no YAML, which is told.
  bool Take(Event& event) {
    if (!good_) return false;
    if (yaml_parser_parse(&parser_, &event.yaml) == 0) {
      const char* problem = parser_.problem != nullptr ? parser_.problem : "it can't be read";
      return Stop(parser_.problem_mark, problem);
    }
    depth_ += Begins(event.type()) ? 1 : Ends(event.type()) ? -1 : 0;
    if (depth_ > kMaxDepth) return Stop(event.mark(), "lists and mappings are nested too deep");
    if (event.type() == YAML_ALIAS_EVENT) return Stop(event.mark(), "aliases (*name) are not followed");
    return event.type() != YAML_STREAM_END_EVENT;
  }

  bool Stop(yaml_mark_t mark, absl::string_view message) {
    AddFault(mark, "yaml", message);
    return good_ = false;
  }

  // Goes into the list of record sets. False: there is none, which is told.
  bool FindList() {
    found_ = true;
    for (;;) {
      Event event;
      if (!Take(event)) return MissingList();
      switch (event.type()) {
        case YAML_STREAM_START_EVENT:
        case YAML_DOCUMENT_START_EVENT:
          break;
        case YAML_SEQUENCE_START_EVENT:
          return true;
        case YAML_MAPPING_START_EVENT:
          in_mapping_ = true;
          return FindKey();
        default:
          return MissingList();
      }
    }
  }

  bool MissingList() {
    if (total == 0) AddFault({0, 0, 0}, "missing-key", "there is no list of record sets (record_sets)");
    return good_ = false;
  }

  // In the outer mapping: to the value of record_sets.
  bool FindKey() {
    for (;;) {
      Event key;
      if (!Take(key) || key.type() != YAML_SCALAR_EVENT) return MissingList();
      const std::string name = key.text();
      Event value;
      if (!Take(value)) return false;
      if (name == "record_sets") {
        if (value.type() == YAML_SEQUENCE_START_EVENT) return true;
        return Stop(value.mark(), "record_sets is a list");
      }
      if (name != "zone" && name != "revision") UnknownKey(key);
      Skip(value.type());
    }
  }

  // Behind the list there is nothing else but keys of the outer mapping.
  void EndFile() {
    for (;;) {
      Event event;
      if (!Take(event) || event.type() == YAML_DOCUMENT_END_EVENT) break;
      if (!in_mapping_ || event.type() != YAML_SCALAR_EVENT) continue;
      if (const std::string name = event.text(); name != "zone" && name != "revision") UnknownKey(event);
      Event value;
      if (!Take(value)) break;
      Skip(value.type());
    }
    Event event;
    if (Take(event) && event.type() == YAML_DOCUMENT_START_EVENT)
      AddFault(event.mark(), "yaml", "a second document is not read: one file is one zone");
    good_ = false;
  }

  // The rest of a list or mapping whose begin was taken.
  void Skip(yaml_event_type_t begin) {
    for (int depth = Begins(begin) ? 1 : 0; depth > 0;) {
      Event event;
      if (!Take(event)) return;
      depth += Begins(event.type()) ? 1 : Ends(event.type()) ? -1 : 0;
    }
  }

  // The mapping that begins at `mark`. False: it has a fault.
  bool ReadSet(yaml_mark_t mark, v1::ImportedRecordSet& set) {
    set.Clear();
    set.set_line(static_cast<uint32_t>(mark.line + 1));
    set.set_column(static_cast<uint32_t>(mark.column + 1));
    const uint32_t before = total;
    std::set<std::string> keys;
    for (;;) {
      Event key;
      if (!Take(key)) return false;
      if (key.type() == YAML_MAPPING_END_EVENT) break;
      if (key.type() != YAML_SCALAR_EVENT) {
        AddFault(key.mark(), "wrong-kind", "a key is a word");
        Skip(key.type());
      }
      Event value;
      if (!Take(value)) return false;
      const std::string name = key.type() == YAML_SCALAR_EVENT ? key.text() : "";
      if (!name.empty() && !keys.insert(name).second)
        AddFault(key.mark(), "unknown-key", absl::StrCat(name, " stands there twice"));
      TakeKey(key, name, value, *set.mutable_record_set());
    }
    for (const char* needed : {"owner", "type", "ttl", "values"}) {
      if (keys.count(needed) == 0)
        AddFault(mark, "missing-key", absl::StrCat("the record set has no ", needed));
    }
    return total == before;
  }

  void TakeKey(const Event& key, const std::string& name, const Event& value, v1::RecordSet& set) {
    if (name == "owner") return TakeText(value, *set.mutable_owner());
    if (name == "type") return TakeText(value, *set.mutable_type());
    if (name == "writer") return TakeText(value, *set.mutable_writer());
    if (name == "comment") return TakeText(value, *set.mutable_comment());
    if (name == "ttl") return TakeTtl(value, set);
    if (name == "values") return TakeValues(value, set);
    if (!name.empty()) UnknownKey(key);
    Skip(value.type());
  }

  void TakeText(const Event& value, std::string& text) {
    if (value.type() == YAML_SCALAR_EVENT) {
      text = value.text();
      return;
    }
    AddFault(value.mark(), "wrong-kind", "a text is wanted here");
    Skip(value.type());
  }

  void TakeTtl(const Event& value, v1::RecordSet& set) {
    std::string text;
    TakeText(value, text);
    uint32_t ttl = 0;
    if (!absl::SimpleAtoi(text, &ttl))
      AddFault(value.mark(), "bad-ttl", "a TTL is a number of seconds from 0 to 2147483647");
    set.set_ttl(ttl);
  }

  void TakeValues(const Event& value, v1::RecordSet& set) {
    if (value.type() != YAML_SEQUENCE_START_EVENT) return TakeText(value, *set.add_values());
    for (;;) {
      Event one;
      if (!Take(one) || one.type() == YAML_SEQUENCE_END_EVENT) return;
      TakeText(one, *set.add_values());
    }
  }

  void UnknownKey(const Event& key) {
    AddFault(key.mark(), "unknown-key",
             "an unknown key: a record set has owner, type, ttl, values, writer and comment");
  }

  void AddFault(yaml_mark_t mark, const char* rule, absl::string_view message) {
    if (++total > kMaxFaults) return;
    v1::Fault& fault = *faults.Add();
    fault.set_file(name_);
    fault.set_line(static_cast<uint32_t>(mark.line + 1));
    fault.set_column(static_cast<uint32_t>(mark.column + 1));
    fault.set_rule(rule);
    fault.set_message(std::string(message));
  }

  const std::string name_;
  yaml_parser_t parser_;
  // libyaml can go on.
  bool good_;
  bool found_ = false;
  bool in_mapping_ = false;
  int depth_ = 0;
};

RecordSetsFile::RecordSetsFile(std::istream& in, const std::string& name)
    : impl_(std::make_unique<Impl>(in, name)) {}
RecordSetsFile::~RecordSetsFile() = default;

bool RecordSetsFile::Next(v1::ImportedRecordSet* set) { return impl_->Next(set); }
const google::protobuf::RepeatedPtrField<v1::Fault>& RecordSetsFile::faults() const { return impl_->faults; }
uint32_t RecordSetsFile::total_faults() const { return impl_->total; }

}  // namespace quartet::admin
