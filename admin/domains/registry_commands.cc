// `registry list`, `registry messages`.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>

#include "admin/commands.h"
#include "admin/domains/domain_output.h"
#include "admin/invoke.h"
#include "quartet/admin/v1/domain.grpc.pb.h"

namespace quartet::admin {
namespace {

void ListRegistries(Session& session) {
  PrintRegistries(session, Invoke<v1::ListRegistriesResponse>(session, [&](auto* context, auto* out) {
                    return v1::DomainService::NewStub(session.channel())->ListRegistries(context, {}, out);
                  }));
}

void ListMessages(Session& session, int limit) {
  v1::ListRegistryMessagesResponse all;
  v1::ListRegistryMessagesRequest request;
  const auto stub = v1::DomainService::NewStub(session.channel());
  do {
    request.set_page_size(std::min(1000, limit - all.messages_size()));
    const auto page = Invoke<v1::ListRegistryMessagesResponse>(
        session, [&](auto* context, auto* out) { return stub->ListRegistryMessages(context, request, out); });
    request.set_page_token(page.next_page_token());
    all.mutable_messages()->MergeFrom(page.messages());
  } while (!request.page_token().empty() && all.messages_size() < limit);
  all.set_next_page_token(request.page_token());
  PrintRegistryMessages(session, all);
}

}  // namespace

void AddRegistryCommands(CLI::App& app, Session& session) {
  CLI::App* registry =
      app.add_subcommand("registry", "The registries that domains are registered at")->require_subcommand(1);
  CLI::App* list =
      registry->add_subcommand("list", "The registries that are configured, and whether each can be reached");
  list->footer("Example:\n  quartet registry list");
  list->callback([&session] { ListRegistries(session); });

  auto limit = std::make_shared<int>(100);
  CLI::App* messages =
      registry->add_subcommand("messages", "What registries have said by themselves, the latest first");
  messages->footer(
      "Of transfers, of what they had to decide, of maintenance. Messages are kept for thirty days.\n\n"
      "Examples:\n"
      "  quartet registry messages\n"
      "  quartet registry messages --limit 1000 -o json");
  messages->add_option("--limit", *limit, "How many at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  messages->callback([&session, limit] { ListMessages(session, *limit); });
}

}  // namespace quartet::admin
