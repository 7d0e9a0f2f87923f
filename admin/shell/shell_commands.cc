#include "admin/shell/shell_commands.h"

#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "admin/contexts/config_file.h"
#include "admin/output.h"
#include "admin/session.h"
#include "admin/shell/command_tree.h"
#include "admin/shell/completion.h"
#include "admin/shell/man_page.h"
#include "quartet/admin/v1/domain.grpc.pb.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

// A page of zones, or domains; with more than that there is too much to choose from.
constexpr int kPage = 1000;
constexpr std::chrono::seconds kPatience(1);

void PrintWord(const std::string& word, const std::string& help) {
  std::printf("%s\t%s\n", Printable(word).c_str(), Printable(help).c_str());
}

// What the controller answers in time; else an empty response.
template <typename Response, typename Call>
Response AskInTime(Session& session, Call call) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  Response response;
  try {
    if (!call(session.channel(), &context, &response).ok()) return {};
  } catch (const Exit&) {
    // No controller is known; the scripts hide what was said of it.
    return {};
  }
  return response;
}

void PrintZones(Session& session, const std::string& begin) {
  v1::ListZonesRequest request;
  request.set_page_size(kPage);
  const auto response =
      AskInTime<v1::ListZonesResponse>(session, [&](const auto& channel, auto* context, auto* out) {
        return v1::ZoneService::NewStub(channel)->ListZones(context, request, out);
      });
  for (const v1::Zone& zone : response.zones()) {
    std::string name = zone.domain_name();
    if (name.size() > 1 && name.back() == '.') name.pop_back();
    if (absl::StartsWith(name, begin)) PrintWord(name, LastPart(zone.name()));
  }
}

void PrintDomains(Session& session, const std::string& begin) {
  v1::ListDomainsRequest request;
  request.set_page_size(kPage);
  const auto response =
      AskInTime<v1::ListDomainsResponse>(session, [&](const auto& channel, auto* context, auto* out) {
        return v1::DomainService::NewStub(channel)->ListDomains(context, request, out);
      });
  for (const v1::Domain& domain : response.domains()) {
    const std::string name = LastPart(domain.name());
    if (absl::StartsWith(name, begin)) PrintWord(name, LastPart(domain.registry()));
  }
}

void PrintContexts(const std::string& begin) {
  const absl::StatusOr<Config> config = LoadConfig(ConfigPath());
  if (!config.ok()) return;
  for (const auto& [name, context] : config->contexts) {
    if (absl::StartsWith(name, begin)) PrintWord(name, context.controller);
  }
}

// The pages of `command` and of all below it; how many.
size_t WritePages(const Session& session, const CommandInfo& command, const CommandInfo& root,
                  const std::string& directory) {
  const std::string path = absl::StrCat(directory, "/", ManPageName(command));
  std::ofstream file(path, std::ios::trunc);
  file << ManPage(command, root);
  file.close();
  if (!file) session.Fail(kUsage, absl::StrCat(path, ": it can't be written"));
  size_t pages = 1;
  for (const CommandInfo& below : command.commands) pages += WritePages(session, below, root, directory);
  return pages;
}

void WriteManPages(const Session& session, const CLI::App& app, const std::string& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  const CommandInfo root = Describe(app);
  const size_t pages = WritePages(session, root, root, directory);
  std::printf("%s written to %s\n", Count(pages, "man page").c_str(), directory.c_str());
}

}  // namespace

void PrintCompletions(const CLI::App& app, Session& session, const std::vector<std::string>& words) {
  const Completion completion = Complete(Describe(app), words);
  const std::string current = words.empty() ? "" : words.back();
  for (const auto& [word, help] : completion.words) PrintWord(word, help);
  if (completion.wanted == "ZONE") return PrintZones(session, current);
  if (completion.wanted == "DOMAIN") return PrintDomains(session, current);
  if (completion.wanted == "CONTEXT") return PrintContexts(current);
  if (!completion.wanted.empty()) std::printf(":files\n");
}

void AddShellCommands(CLI::App& app, Session& session) {
  CLI::App* completion =
      app.add_subcommand("completion", "Completion of commands, options and zones in your shell");
  auto shell = std::make_shared<std::string>();
  completion->footer(
      "Examples:\n"
      "  source <(quartet completion bash)        # in ~/.bashrc\n"
      "  source <(quartet completion zsh)         # in ~/.zshrc, behind compinit\n"
      "  quartet completion fish | source         # in ~/.config/fish/config.fish");
  completion->add_option("SHELL", *shell, "Your shell")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  completion->callback([shell] { std::fputs(CompletionScript(*shell).c_str(), stdout); });

  CLI::App* man = app.add_subcommand("man", "Write the man pages of all commands");
  auto directory = std::make_shared<std::string>();
  man->footer(
      "Example:\n  quartet man --directory ~/.local/share/man/man1   # then: man quartet-zone-create");
  man->add_option("--directory", *directory, "Folder to write them to")->required();
  man->callback([&app, &session, directory] { WriteManPages(session, app, *directory); });
}

}  // namespace quartet::admin
