#include "replication/base/log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

#include "absl/strings/str_format.h"

namespace quartet::log {

namespace {

spdlog::level::level_enum SpdlogLevel(Level level) {
  switch (level) {
    case Level::kDebug:
      return spdlog::level::debug;
    case Level::kInfo:
      return spdlog::level::info;
    case Level::kWarning:
      return spdlog::level::warn;
    case Level::kError:
      return spdlog::level::err;
  }
  // Above all of them: nothing is written.
  return spdlog::level::off;
}

// Never destroyed: threads may still log while the process ends.
spdlog::logger& Logger() {
  static spdlog::logger* logger = [] {
    auto* made = new spdlog::logger("quartet", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    made->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
    made->set_level(spdlog::level::info);
    return made;
  }();
  return *logger;
}

bool IsControl(char octet) { return static_cast<unsigned char>(octet) < 0x20 || octet == 0x7f; }

// Names and messages of peers get into lines: none of them may begin a new line or drive the terminal.
std::string OneLine(const std::string& text) {
  std::string line;
  line.reserve(text.size());
  for (char octet : text) {
    if (IsControl(octet)) {
      line += absl::StrFormat("\\x%02x", static_cast<unsigned char>(octet));
    } else {
      line += octet;
    }
  }
  return line;
}

}  // namespace

void SetLevel(Level level) { Logger().set_level(SpdlogLevel(level)); }

void Write(Level level, const std::string& line) {
  const auto spdlog_level = SpdlogLevel(level);
  if (!Logger().should_log(spdlog_level)) return;
  Logger().log(spdlog_level, spdlog::string_view_t(OneLine(line)));
}

}  // namespace quartet::log
