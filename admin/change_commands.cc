#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <memory>

#include "absl/strings/str_cat.h"
#include "admin/change_watch.h"
#include "admin/commands.h"
#include "admin/invoke.h"
#include "quartet/admin/v1/change.grpc.pb.h"

namespace quartet::admin {

void AddChangeCommands(CLI::App& app, Session& session) {
  CLI::App* change = app.add_subcommand("change", "How far a change has come")->require_subcommand(1);
  auto id = std::make_shared<std::string>();
  auto servers = std::make_shared<uint32_t>(0);

  CLI::App* show = change->add_subcommand("show", "Who serves a change, and who not yet");
  show->footer("Example:\n  quartet change show C7QH2M4K9T0XW1");
  show->add_option("ID", *id, "The change's id")->required();
  show->callback([&session, id] {
    v1::GetChangeRequest request;
    request.set_name(absl::StrCat("changes/", *id));
    const auto response = Invoke<v1::Change>(session, [&](auto* context, auto* out) {
      return v1::ChangeService::NewStub(session.channel())->GetChange(context, request, out);
    });
    PrintChange(session, response);
  });

  CLI::App* wait = change->add_subcommand("wait", "Wait until a change is INSYNC");
  wait->footer(
      "Examples:\n"
      "  quartet change wait C7QH2M4K9T0XW1\n"
      "  quartet change wait C7QH2M4K9T0XW1 --servers 3   # a dead region holds up nobody");
  wait->add_option("ID", *id, "The change's id")->required();
  wait->add_option("--servers", *servers, "Wait only until so many of its nameservers serve it")
      ->check(CLI::Range(1, 4));
  wait->callback([&session, id, servers] {
    PrintChange(session, WaitForChange(session, absl::StrCat("changes/", *id), *servers));
  });
}

}  // namespace quartet::admin
