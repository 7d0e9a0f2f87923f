// Completion in bash, zsh and fish: the shells hand their words to the command, which knows its own tree.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "admin/shell/command_tree.h"

namespace quartet::admin {

struct Completion {
  // Words that fit, with what they are.
  std::vector<std::pair<std::string, std::string>> words;
  // A value is to be named that only others know: "ZONE", "DOMAIN", "CONTEXT", or the name of another argument.
  std::string wanted;
};

// `words`: those behind the command's name; the last is being written, and may be empty.
Completion Complete(const CommandInfo& root, const std::vector<std::string>& words);

// The script for "bash", "zsh" or "fish"; empty for another shell. It calls `quartet __complete WORD…`, and takes lines
// "word TAB help", and the line ":files" where names of files fit.
std::string CompletionScript(absl::string_view shell);

}  // namespace quartet::admin
