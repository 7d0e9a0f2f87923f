#include "admin/shell/completion.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace quartet::admin {
namespace {

// Where on the command line we are.
struct Place {
  // From the root down to the command that is being written.
  std::vector<const CommandInfo*> path;
  size_t positionals = 0;
  // The option whose value is being written.
  const ArgumentInfo* option = nullptr;
};

const ArgumentInfo* FindOption(const Place& place, absl::string_view word) {
  for (const CommandInfo* command : place.path) {
    for (const ArgumentInfo& option : command->options) {
      if (std::find(option.names.begin(), option.names.end(), word) != option.names.end()) return &option;
    }
  }
  return nullptr;
}

void Go(Place& place, const std::string& word) {
  if (place.option != nullptr) {
    place.option = nullptr;
    return;
  }
  if (absl::StartsWith(word, "-") && word.size() > 1) {
    // "--name=value" is whole.
    const ArgumentInfo* option = absl::StrContains(word, '=') ? nullptr : FindOption(place, word);
    if (option != nullptr && !option->value.empty()) place.option = option;
    return;
  }
  for (const CommandInfo& command : place.path.back()->commands) {
    if (command.name == word) {
      place.path.push_back(&command);
      return;
    }
  }
  ++place.positionals;
}

// What an argument may be.
Completion Values(const ArgumentInfo& argument) {
  Completion completion;
  for (const std::string& choice : argument.choices) completion.words.emplace_back(choice, "");
  if (!argument.choices.empty()) return completion;
  const bool context = argument.names.back() == "--context";
  completion.wanted = context ? "CONTEXT" : argument.value;
  return completion;
}

Completion Options(const Place& place) {
  Completion completion;
  // Those of the command itself first.
  for (auto command = place.path.rbegin(); command != place.path.rend(); ++command) {
    for (const ArgumentInfo& option : (*command)->options) {
      const std::string& name = option.names.back();
      const bool known = std::any_of(completion.words.begin(), completion.words.end(),
                                     [&](const auto& word) { return word.first == name; });
      if (!known) completion.words.emplace_back(name, option.help);
    }
  }
  return completion;
}

Completion Anything(const Place& place, absl::string_view current) {
  if (place.option != nullptr) return Values(*place.option);
  if (absl::StartsWith(current, "-")) return Options(place);
  Completion completion;
  const CommandInfo& command = *place.path.back();
  for (const CommandInfo& below : command.commands) completion.words.emplace_back(below.name, below.help);
  if (command.positionals.empty()) return completion;
  const ArgumentInfo& last = command.positionals.back();
  if (place.positionals < command.positionals.size()) return Values(command.positionals[place.positionals]);
  return last.repeated ? Values(last) : completion;
}

constexpr char kBash[] =
    R"(# Completion of quartet in bash: source <(quartet completion bash)
_quartet() {
  local word help
  COMPREPLY=()
  while IFS=$'\t' read -r word help; do
    if [ "$word" = :files ]; then compopt -o default; else COMPREPLY+=("$word"); fi
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _quartet quartet
)";

constexpr char kZsh[] =
    R"(#compdef quartet
# Completion of quartet in zsh: source <(quartet completion zsh)
_quartet() {
  local -a found
  local word help files
  while IFS=$'\t' read -r word help; do
    if [[ $word == :files ]]; then files=yes; else found+=("${word//:/\\:}:$help"); fi
  done < <("${words[1]}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)
  (( $#found )) && _describe quartet found
  [[ -n $files ]] && _files
}
compdef _quartet quartet
)";

constexpr char kFish[] =
    R"(# Completion of quartet in fish: quartet completion fish | source
function __quartet_complete
    set -l words (commandline -opc) (commandline -ct)
    for line in ($words[1] __complete $words[2..-1] 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path (commandline -ct)
        else
            echo $line
        end
    end
end
complete -c quartet -f -a '(__quartet_complete)'
)";

}  // namespace

Completion Complete(const CommandInfo& root, const std::vector<std::string>& words) {
  Place place;
  place.path = {&root};
  for (size_t i = 0; i + 1 < words.size(); ++i) Go(place, words[i]);
  const std::string current = words.empty() ? "" : words.back();
  Completion completion = Anything(place, current);
  std::erase_if(completion.words, [&](const auto& word) { return !absl::StartsWith(word.first, current); });
  return completion;
}

std::string CompletionScript(absl::string_view shell) {
  if (shell == "bash") return kBash;
  if (shell == "zsh") return kZsh;
  return shell == "fish" ? kFish : "";
}

}  // namespace quartet::admin
