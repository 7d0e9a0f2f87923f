// What a process says to its operator: one line each on standard error, with time and level. Thread-safe.
//
//   LogInfo("node {} subscribed from {}", node, ToString(cursor));
//
// Formatting is fmt's; arguments are formatted before the call below, so that spdlog stays in log.cc.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

namespace quartet::log {

enum class Level { kDebug, kInfo, kWarning, kError };

// Lines below it are dropped. Default: kInfo.
void SetLevel(Level level);
void Write(Level level, const std::string& line);

}  // namespace quartet::log

namespace quartet {

template <typename... Args>
void LogInfo(fmt::format_string<Args...> format, Args&&... args) {
  log::Write(log::Level::kInfo, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void LogWarning(fmt::format_string<Args...> format, Args&&... args) {
  log::Write(log::Level::kWarning, fmt::format(format, std::forward<Args>(args)...));
}

template <typename... Args>
void LogError(fmt::format_string<Args...> format, Args&&... args) {
  log::Write(log::Level::kError, fmt::format(format, std::forward<Args>(args)...));
}

}  // namespace quartet
