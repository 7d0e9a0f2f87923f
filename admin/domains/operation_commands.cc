// `domain operations`, `domain operation`.
#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "admin/domains/domain_commands.h"
#include "admin/domains/domain_output.h"
#include "admin/domains/operation_watch.h"
#include "admin/invoke.h"
#include "quartet/admin/v1/domain.grpc.pb.h"

namespace quartet::admin {
namespace {

struct Arguments {
  std::string domain;
  bool open = false;
  int limit = 100;
  std::string id;
  bool wait = false;
};

void ListOperations(Session& session, const Arguments& arguments) {
  v1::ListDomainOperationsResponse all;
  v1::ListDomainOperationsRequest request;
  if (!arguments.domain.empty()) request.set_domain(DomainResource(arguments.domain));
  request.set_only_open(arguments.open);
  const auto stub = v1::DomainService::NewStub(session.channel());
  do {
    request.set_page_size(std::min(1000, arguments.limit - all.operations_size()));
    const auto page = Invoke<v1::ListDomainOperationsResponse>(
        session, [&](auto* context, auto* out) { return stub->ListDomainOperations(context, request, out); });
    request.set_page_token(page.next_page_token());
    all.mutable_operations()->MergeFrom(page.operations());
  } while (!request.page_token().empty() && all.operations_size() < arguments.limit);
  all.set_next_page_token(request.page_token());
  PrintOperations(session, all);
}

void ShowOperation(Session& session, const Arguments& arguments) {
  v1::GetDomainOperationRequest request;
  request.set_name(absl::StrCat("domainOperations/", arguments.id));
  const auto operation = Invoke<v1::DomainOperation>(session, [&](auto* context, auto* out) {
    return v1::DomainService::NewStub(session.channel())->GetDomainOperation(context, request, out);
  });
  if (arguments.wait) return FinishOperation(session, operation, true);
  PrintOperation(session, operation);
}

}  // namespace

void AddDomainOperations(CLI::App& domain, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* list =
      domain.add_subcommand("operations", "What is, and was, done at registries, the latest first");
  list->footer(
      "Those that have ended are kept for thirty days.\n\n"
      "Examples:\n"
      "  quartet domain operations\n"
      "  quartet domain operations example.test -o wide\n"
      "  quartet domain operations --open");
  list->add_option("DOMAIN", arguments->domain, "Those of this domain");
  list->add_flag("--open", arguments->open, "Those that have not ended");
  list->add_option("--limit", arguments->limit, "How many at most")
      ->check(CLI::PositiveNumber)
      ->capture_default_str();
  list->callback([&session, arguments] { ListOperations(session, *arguments); });

  CLI::App* show =
      domain.add_subcommand("operation", "One operation: its steps, what it waits for, what came of it");
  show->footer(
      "Examples:\n"
      "  quartet domain operation O7QH2M4K9T0XW1\n"
      "  quartet domain operation O7QH2M4K9T0XW1 --wait --timeout 3600");
  show->add_option("ID", arguments->id, "The operation's id")->required();
  show->add_flag("--wait", arguments->wait, "Wait for its end; the exit status is 1 if it failed");
  show->callback([&session, arguments] { ShowOperation(session, *arguments); });
}

}  // namespace quartet::admin
