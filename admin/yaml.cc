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

}  // namespace

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
