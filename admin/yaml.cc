#include "admin/yaml.h"

#include <yaml.h>

#include <array>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace quartet::admin {
namespace {

int Append(void* text, unsigned char* bytes, size_t size) {
  static_cast<std::string*>(text)->append(reinterpret_cast<const char*>(bytes), size);
  return 1;
}

// libyaml quotes for syntax, not for what readers make of a plain word.
bool IsPlain(absl::string_view text) {
  constexpr std::array<absl::string_view, 10> kWords = {"y",  "n",   "yes",  "no",  "true",
                                                        "on", "off", "null", "nan", "false"};
  if (text.empty() || !absl::ascii_isalpha(static_cast<unsigned char>(text[0]))) return false;
  for (const absl::string_view word : kWords) {
    if (absl::EqualsIgnoreCase(text, word)) return false;
  }
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (!absl::ascii_isalnum(byte) && !absl::StrContains("_-./ ", c)) return false;
  }
  return text.back() != ' ';
}

// JSON is YAML in flow style, all texts in double quotes.
void Restyle(yaml_event_t& event) {
  switch (event.type) {
    case YAML_SCALAR_EVENT: {
      auto& scalar = event.data.scalar;
      const absl::string_view text(reinterpret_cast<const char*>(scalar.value), scalar.length);
      if (scalar.style == YAML_DOUBLE_QUOTED_SCALAR_STYLE && IsPlain(text)) {
        scalar.style = YAML_PLAIN_SCALAR_STYLE;
        scalar.plain_implicit = 1;
      }
      break;
    }
    case YAML_SEQUENCE_START_EVENT:
      event.data.sequence_start.style = YAML_BLOCK_SEQUENCE_STYLE;
      break;
    case YAML_MAPPING_START_EVENT:
      event.data.mapping_start.style = YAML_BLOCK_MAPPING_STYLE;
      break;
    default:
      break;
  }
}

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

// The value that begins with `event`.
absl::StatusOr<YamlValue> ReadValue(Parser& parser, const yaml_event_t& event, size_t depth) {
  YamlValue value;
  value.line = parser.line;
  switch (event.type) {
    case YAML_SCALAR_EVENT:
      value.text = TextOf(event);
      return value;
    case YAML_MAPPING_START_EVENT:
      if (depth < kYamlDepth) return ReadMap(parser, depth + 1);
      return absl::InvalidArgumentError("mappings lie too deep in each other");
    case YAML_SEQUENCE_START_EVENT:
      return absl::InvalidArgumentError("there is a list where none can be");
    default:
      return absl::InvalidArgumentError("aliases are not read");
  }
}

// Behind its start.
absl::StatusOr<YamlValue> ReadMap(Parser& parser, size_t depth) {
  YamlValue map;
  map.is_map = true;
  map.line = parser.line;
  for (;;) {
    absl::StatusOr<const yaml_event_t*> event = parser.Next();
    if (!event.ok()) return event.status();
    if ((*event)->type == YAML_MAPPING_END_EVENT) return map;
    if ((*event)->type != YAML_SCALAR_EVENT) return absl::InvalidArgumentError("a name is one text");
    const std::string name = TextOf(**event);
    for (const auto& [other, value] : map.fields) {
      if (other == name) return absl::InvalidArgumentError(absl::StrCat(name, " stands there twice"));
    }
    event = parser.Next();
    if (!event.ok()) return event.status();
    absl::StatusOr<YamlValue> value = ReadValue(parser, **event, depth);
    if (!value.ok()) return value.status();
    map.fields.push_back({name, *std::move(value)});
  }
}

absl::StatusOr<YamlValue> ReadDocument(Parser& parser) {
  YamlValue empty;
  empty.is_map = true;
  for (;;) {
    const absl::StatusOr<const yaml_event_t*> event = parser.Next();
    if (!event.ok()) return event.status();
    switch ((*event)->type) {
      case YAML_STREAM_START_EVENT:
      case YAML_DOCUMENT_START_EVENT:
        break;
      case YAML_MAPPING_START_EVENT:
        return ReadMap(parser, 1);
      case YAML_STREAM_END_EVENT:
        return empty;
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

std::string YamlOfJson(absl::string_view json) {
  std::string text;
  yaml_parser_t parser;
  yaml_emitter_t emitter;
  if (yaml_parser_initialize(&parser) == 0) return text;
  if (yaml_emitter_initialize(&emitter) == 0) {
    yaml_parser_delete(&parser);
    return text;
  }
  yaml_parser_set_input_string(&parser, reinterpret_cast<const unsigned char*>(json.data()), json.size());
  yaml_emitter_set_output(&emitter, Append, &text);
  yaml_emitter_set_unicode(&emitter, 1);
  yaml_emitter_set_width(&emitter, -1);
  bool more = true;
  while (more) {
    yaml_event_t event;
    if (yaml_parser_parse(&parser, &event) == 0) break;
    more = event.type != YAML_STREAM_END_EVENT;
    Restyle(event);
    // Takes the event, whatever comes of it.
    if (yaml_emitter_emit(&emitter, &event) == 0) break;
  }
  yaml_emitter_delete(&emitter);
  yaml_parser_delete(&parser);
  return text;
}

}  // namespace quartet::admin
