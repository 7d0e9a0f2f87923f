#include "config/yaml_reader.h"

#include <yaml.h>

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace quartet::config {
namespace {

// Owns libyaml's parser.
class Parser {
 public:
  explicit Parser(absl::string_view text) {
    made_ = yaml_parser_initialize(&parser_) != 0;
    if (made_) {
      yaml_parser_set_input_string(&parser_, reinterpret_cast<const unsigned char*>(text.data()),
                                   text.size());
    }
  }
  ~Parser() {
    if (event_.type != YAML_NO_EVENT) yaml_event_delete(&event_);
    if (made_) yaml_parser_delete(&parser_);
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

  // The next event, until the one after it.
  absl::StatusOr<const yaml_event_t*> Next() {
    if (event_.type != YAML_NO_EVENT) yaml_event_delete(&event_);
    event_ = {};
    if (made_ && yaml_parser_parse(&parser_, &event_) != 0) {
      line = event_.start_mark.line + 1;
      return &event_;
    }
    event_ = {};
    line = parser_.problem_mark.line + 1;
    const char* problem = made_ ? parser_.problem : nullptr;
    return absl::InvalidArgumentError(absl::StrCat("it is no YAML: ", problem == nullptr ? "?" : problem));
  }

  // Of the last event.
  size_t line = 1;

 private:
  bool made_ = false;
  yaml_parser_t parser_ = {};
  yaml_event_t event_ = {};
};

std::string TextOf(const yaml_event_t& event) {
  const auto& scalar = event.data.scalar;
  return std::string(reinterpret_cast<const char*>(scalar.value), scalar.length);
}

absl::StatusOr<YamlValue> ReadMap(Parser& parser, size_t depth);
absl::StatusOr<YamlValue> ReadList(Parser& parser, size_t depth);

// The value that begins with `event`.
absl::StatusOr<YamlValue> ReadValue(Parser& parser, const yaml_event_t& event, size_t depth) {
  YamlValue value;
  value.line = parser.line;
  switch (event.type) {
    case YAML_SCALAR_EVENT:
      value.text = TextOf(event);
      return value;
    case YAML_MAPPING_START_EVENT:
    case YAML_SEQUENCE_START_EVENT:
      if (depth >= kYamlDepth) return absl::InvalidArgumentError("values lie too deep in each other");
      return event.type == YAML_MAPPING_START_EVENT ? ReadMap(parser, depth + 1)
                                                    : ReadList(parser, depth + 1);
    default:
      return absl::InvalidArgumentError("aliases are not read");
  }
}

// Behind its start.
absl::StatusOr<YamlValue> ReadMap(Parser& parser, size_t depth) {
  YamlValue map;
  map.kind = YamlValue::Kind::kMap;
  map.line = parser.line;
  for (;;) {
    absl::StatusOr<const yaml_event_t*> event = parser.Next();
    if (!event.ok()) return event.status();
    if ((*event)->type == YAML_MAPPING_END_EVENT) return map;
    if ((*event)->type != YAML_SCALAR_EVENT) return absl::InvalidArgumentError("a name is one text");
    YamlField field;
    field.name = TextOf(**event);
    field.line = parser.line;
    for (const YamlField& other : map.fields) {
      if (other.name == field.name)
        return absl::InvalidArgumentError(absl::StrCat(field.name, " stands there twice"));
    }
    event = parser.Next();
    if (!event.ok()) return event.status();
    absl::StatusOr<YamlValue> value = ReadValue(parser, **event, depth);
    if (!value.ok()) return value.status();
    field.value = *std::move(value);
    map.fields.push_back(std::move(field));
  }
}

// Behind its start.
absl::StatusOr<YamlValue> ReadList(Parser& parser, size_t depth) {
  YamlValue list;
  list.kind = YamlValue::Kind::kList;
  list.line = parser.line;
  for (;;) {
    const absl::StatusOr<const yaml_event_t*> event = parser.Next();
    if (!event.ok()) return event.status();
    if ((*event)->type == YAML_SEQUENCE_END_EVENT) return list;
    absl::StatusOr<YamlValue> value = ReadValue(parser, **event, depth);
    if (!value.ok()) return value.status();
    list.items.push_back(*std::move(value));
  }
}

// Behind the document's end.
absl::Status ReadEnd(Parser& parser) {
  for (;;) {
    const absl::StatusOr<const yaml_event_t*> event = parser.Next();
    if (!event.ok()) return event.status();
    if ((*event)->type == YAML_STREAM_END_EVENT) return absl::OkStatus();
    if ((*event)->type != YAML_DOCUMENT_END_EVENT)
      return absl::InvalidArgumentError("a second document begins, and one is wanted");
  }
}

absl::StatusOr<YamlValue> ReadDocument(Parser& parser) {
  for (;;) {
    const absl::StatusOr<const yaml_event_t*> event = parser.Next();
    if (!event.ok()) return event.status();
    switch ((*event)->type) {
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_START_EVENT:
        break;
      case YAML_MAPPING_START_EVENT: {
        absl::StatusOr<YamlValue> map = ReadMap(parser, 1);
        if (!map.ok()) return map;
        absl::Status end = ReadEnd(parser);
        if (!end.ok()) return end;
        return map;
      }
      case YAML_STREAM_END_EVENT: {
        YamlValue empty;
        empty.kind = YamlValue::Kind::kMap;
        return empty;
      }
      default:
        return absl::InvalidArgumentError("a mapping of names to values is wanted");
    }
  }
}

}  // namespace

absl::StatusOr<YamlValue> ParseYaml(absl::string_view text, size_t& line) {
  Parser parser(text);
  absl::StatusOr<YamlValue> value = ReadDocument(parser);
  line = parser.line;
  return value;
}

}  // namespace quartet::config
