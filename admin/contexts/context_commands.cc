#include "admin/contexts/context_commands.h"

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "admin/contexts/config_file.h"
#include "admin/output.h"
#include "admin/session.h"

namespace quartet::admin {
namespace {

Config Load(const Session& session) {
  absl::StatusOr<Config> config = LoadConfig(ConfigPath());
  if (!config.ok()) session.Fail(kUsage, std::string(config.status().message()));
  return *std::move(config);
}

void Save(const Session& session, const Config& config) {
  const absl::Status saved = SaveConfig(config, ConfigPath());
  if (!saved.ok()) session.Fail(kUsage, std::string(saved.message()));
}

// Which one is meant; exits if there is none of that name.
const Context& Find(const Session& session, const Config& config, const std::string& name) {
  const auto found = config.contexts.find(name);
  if (found != config.contexts.end()) return found->second;
  session.Fail(kUsage, absl::StrCat("there is no context ", name, " in ", ConfigPath(),
                                    ": `quartet context list` shows those there are"));
}

std::string Absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).lexically_normal().string();
}

void List(const Session& session) {
  const Config config = Load(session);
  if (session.PrintDocument(JsonOf(config))) return;
  Table table({"CURRENT", "NAME", "CONTROLLER"}, {"CA", "CERTIFICATE", "KEY"}, session.wide());
  for (const auto& [name, context] : config.contexts) {
    table.Add({name == config.current ? "*" : "", name, OrNone(context.controller), OrNone(context.ca),
               OrNone(context.certificate), OrNone(context.key)});
  }
  table.Print("No contexts yet: `quartet context set NAME --controller ADDR:PORT …` makes one.");
}

void Show(const Session& session, std::string name) {
  Config config = Load(session);
  if (name.empty()) name = session.context.empty() ? config.current : session.context;
  if (name.empty()) session.Fail(kUsage, "no context is in use: `quartet context use NAME`");
  const Context context = Find(session, config, name);
  config.contexts = {{name, context}};
  if (session.PrintDocument(JsonOf(config))) return;
  PrintFields({{"Context", absl::StrCat(name, name == config.current ? " (in use)" : "")},
               {"Controller", OrNone(context.controller)},
               {"CA", OrNone(context.ca)},
               {"Certificate", OrNone(context.certificate)},
               {"Key", OrNone(context.key)},
               {"File", ConfigPath()}});
}

void Use(const Session& session, const std::string& name) {
  Config config = Load(session);
  Find(session, config, name);
  config.current = name;
  Save(session, config);
  std::printf("Context %s is in use now.\n", name.c_str());
}

// What is given replaces what was there.
void Set(const Session& session, const std::string& name) {
  if (!IsContextName(name))
    session.Fail(kUsage, "a context's name is 1 to 63 letters, digits, dots, hyphens and underscores");
  Config config = Load(session);
  Context& context = config.contexts[name];
  if (!session.controller.empty()) context.controller = session.controller;
  if (!session.tls.ca.empty()) context.ca = Absolute(session.tls.ca);
  if (!session.tls.certificate.empty()) context.certificate = Absolute(session.tls.certificate);
  if (!session.tls.key.empty()) context.key = Absolute(session.tls.key);
  if (config.current.empty()) config.current = name;
  Save(session, config);
  std::printf("Context %s is set%s.\n", name.c_str(), config.current == name ? ", and in use" : "");
}

void Delete(const Session& session, const std::string& name) {
  Config config = Load(session);
  Find(session, config, name);
  config.contexts.erase(name);
  if (config.current == name) config.current.clear();
  Save(session, config);
  std::printf("Context %s is gone.\n", name.c_str());
}

}  // namespace

void AddContextCommands(CLI::App& app, Session& session) {
  CLI::App* context =
      app.add_subcommand("context", "Controllers you talk to, and as whom, by name")->require_subcommand(1);
  context->footer(
      "Contexts are kept in ~/.config/quartet/config.yaml (or where XDG_CONFIG_HOME or QUARTET_CONFIG say). "
      "The "
      "one in\nuse gives what neither flags nor environment do. One named by --context comes before the "
      "environment.");
  auto name = std::make_shared<std::string>();

  CLI::App* list = context->add_subcommand("list", "All contexts");
  list->callback([&session] { List(session); });

  CLI::App* show = context->add_subcommand("show", "One context: the one in use, if none is named");
  show->add_option("CONTEXT", *name, "Its name");
  show->callback([&session, name] { Show(session, *name); });

  CLI::App* use = context->add_subcommand("use", "Talk to this one from now on");
  use->footer("Example:\n  quartet context use production");
  use->add_option("CONTEXT", *name, "Its name")->required();
  use->callback([&session, name] { Use(session, *name); });

  CLI::App* set = context->add_subcommand("set", "Make a context, or change what is given");
  set->footer(
      "Examples:\n"
      "  quartet context set production --controller c.example.net:4700 --ca ca.pem --certificate anna.pem "
      "--key anna.key\n"
      "  quartet context set production --controller c2.example.net:4700");
  set->add_option("CONTEXT", *name, "Its name")->required();
  set->callback([&session, name] { Set(session, *name); });

  CLI::App* del = context->add_subcommand("delete", "Forget a context");
  del->footer("Example:\n  quartet context delete old");
  del->add_option("CONTEXT", *name, "Its name")->required();
  del->callback([&session, name] { Delete(session, *name); });
}

}  // namespace quartet::admin
