#include "admin/contexts/config_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "config/yaml_reader.h"

namespace quartet::admin {
namespace {

using config::YamlValue;

constexpr size_t kMaxFileBytes = size_t{1} << 20;

absl::Status Wrong(const std::string& path, size_t line, absl::string_view what) {
  return absl::InvalidArgumentError(absl::StrCat(path, ":", line, ": ", what));
}

std::string Resolved(const std::string& file, const std::string& config_path) {
  if (file.empty() || file[0] == '/') return file;
  return (std::filesystem::path(config_path).parent_path() / file).string();
}

// Named fields, or none yet.
bool IsFields(const YamlValue& value) { return value.is_map() || (value.is_text() && value.text.empty()); }

absl::StatusOr<Context> ReadContext(const YamlValue& value, const std::string& path) {
  Context context;
  const std::pair<absl::string_view, std::string*> fields[] = {{"controller", &context.controller},
                                                               {"ca", &context.ca},
                                                               {"certificate", &context.certificate},
                                                               {"key", &context.key}};
  for (const auto& [name, name_line, field] : value.fields) {
    const auto found = std::find_if(std::begin(fields), std::end(fields),
                                    [&name = name](const auto& known) { return known.first == name; });
    if (found == std::end(fields)) {
      return Wrong(path, field.line,
                   absl::StrCat("a context has controller, ca, certificate and key, not ", name));
    }
    if (!field.is_text()) return Wrong(path, field.line, absl::StrCat(name, " is one text"));
    *found->second = found->first == "controller" ? field.text : Resolved(field.text, path);
  }
  return context;
}

absl::StatusOr<std::map<std::string, Context>> ReadContexts(const YamlValue& value, const std::string& path) {
  std::map<std::string, Context> contexts;
  for (const auto& [name, name_line, field] : value.fields) {
    if (!IsFields(field))
      return Wrong(path, field.line, absl::StrCat("context ", name, " is no text, but has fields"));
    if (!IsContextName(name))
      return Wrong(path, field.line, absl::StrCat("\"", name, "\" is no name of a context"));
    absl::StatusOr<Context> context = ReadContext(field, path);
    if (!context.ok()) return context.status();
    contexts[name] = *std::move(context);
  }
  return contexts;
}

// In double quotes, as JSON and YAML both escape.
std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppend(&quoted, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
    } else {
      quoted += c;
    }
  }
  return quoted + "\"";
}

// As they are named in the file, and their values.
std::vector<std::pair<std::string, std::string>> FieldsOf(const Context& context) {
  return {{"controller", context.controller},
          {"ca", context.ca},
          {"certificate", context.certificate},
          {"key", context.key}};
}

absl::Status Failed(const std::string& path, absl::string_view what) {
  return absl::UnavailableError(absl::StrCat(path, ": ", what, ": ", std::strerror(errno)));
}

absl::Status WriteAll(int fd, absl::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return absl::UnavailableError(std::strerror(errno));
    text.remove_prefix(static_cast<size_t>(written));
  }
  return absl::OkStatus();
}

}  // namespace

bool IsContextName(absl::string_view name) {
  return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '_' || c == '-';
  });
}

std::string ConfigPath() {
  const auto variable = [](const char* name) -> std::string {
    const char* value = std::getenv(name);
    return value == nullptr ? "" : value;
  };
  if (const std::string path = variable("QUARTET_CONFIG"); !path.empty()) return path;
  if (const std::string folder = variable("XDG_CONFIG_HOME"); !folder.empty())
    return absl::StrCat(folder, "/quartet/config.yaml");
  const std::string home = variable("HOME");
  return home.empty() ? "" : absl::StrCat(home, "/.config/quartet/config.yaml");
}

absl::StatusOr<Config> ParseConfig(absl::string_view text, const std::string& path) {
  size_t line = 0;
  const absl::StatusOr<YamlValue> root = config::ParseYaml(text, line);
  if (!root.ok()) return Wrong(path, line, root.status().message());
  Config config;
  for (const auto& [name, name_line, field] : root->fields) {
    if (name == "current-context" && field.is_text()) {
      config.current = field.text;
    } else if (name == "contexts" && IsFields(field)) {
      absl::StatusOr<std::map<std::string, Context>> contexts = ReadContexts(field, path);
      if (!contexts.ok()) return contexts.status();
      config.contexts = *std::move(contexts);
    } else {
      return Wrong(path, field.line,
                   absl::StrCat("there is \"current-context: NAME\" and \"contexts:\", not ", name));
    }
  }
  return config;
}

std::string FormatConfig(const Config& config) {
  std::string text = "# Written by `quartet context`.\n";
  if (!config.current.empty()) absl::StrAppend(&text, "current-context: ", Quoted(config.current), "\n");
  absl::StrAppend(&text, "contexts:\n");
  for (const auto& [name, context] : config.contexts) {
    absl::StrAppend(&text, "  ", Quoted(name), ":\n");
    for (const auto& [field, value] : FieldsOf(context))
      absl::StrAppend(&text, "    ", field, ": ", Quoted(value), "\n");
  }
  return text;
}

std::string JsonOf(const Config& config) {
  std::string text = absl::StrCat("{\n \"current_context\": ", Quoted(config.current), ",\n \"contexts\": [");
  absl::string_view comma = "";
  for (const auto& [name, context] : config.contexts) {
    absl::StrAppend(&text, comma, "\n  {\n   \"name\": ", Quoted(name));
    for (const auto& [field, value] : FieldsOf(context))
      absl::StrAppend(&text, ",\n   \"", field, "\": ", Quoted(value));
    absl::StrAppend(&text, "\n  }");
    comma = ",";
  }
  return absl::StrCat(text, config.contexts.empty() ? "]\n}\n" : "\n ]\n}\n");
}

absl::StatusOr<Config> LoadConfig(const std::string& path) {
  if (path.empty() || !std::filesystem::exists(path)) return Config();
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  errno = 0;
  if (!file || !(text << file.rdbuf())) return Failed(path, "it can't be read");
  if (text.view().size() > kMaxFileBytes)
    return absl::InvalidArgumentError(
        absl::StrCat(path, ": it is over 1 MiB, and can't be a file of contexts"));
  return ParseConfig(text.str(), path);
}

absl::Status SaveConfig(const Config& config, const std::string& path) {
  if (path.empty())
    return absl::InvalidArgumentError("there is no home folder: set QUARTET_CONFIG to a path");
  std::error_code error;
  std::filesystem::create_directories(std::filesystem::path(path).parent_path(), error);
  // A link stays one.
  const std::string target = std::filesystem::exists(path) ? std::filesystem::canonical(path).string() : path;
  std::string temporary = absl::StrCat(target, ".XXXXXX");
  const int fd = mkstemp(temporary.data());
  if (fd < 0) return Failed(temporary, "it can't be made");
  const absl::Status written = WriteAll(fd, FormatConfig(config));
  const bool synced = fsync(fd) == 0;
  const bool closed = close(fd) == 0;
  if (!written.ok() || !synced || !closed || rename(temporary.c_str(), target.c_str()) != 0) {
    const absl::Status failed = Failed(target, "it can't be written");
    unlink(temporary.c_str());
    return failed;
  }
  return absl::OkStatus();
}

}  // namespace quartet::admin
