#include "admin/change_watch.h"

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdio>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "admin/output.h"
#include "quartet/admin/v1/change.grpc.pb.h"

namespace quartet::admin {
namespace {

std::string WaitingFor(const v1::NameserverProgress& progress) {
  if (progress.serving()) return "";
  std::string text;
  int counted = 0;
  for (const v1::NodeProgress& node : progress.nodes()) {
    counted += node.counted();
    if (node.serving() || !node.counted()) continue;
    absl::StrAppend(&text, text.empty() ? "" : "; ", LastPart(node.node()), " ",
                    !node.exception().empty() ? node.exception()
                    : node.connected()        ? absl::StrCat("is at index ", node.acknowledged_index())
                                              : "is not connected");
  }
  return counted == 0 ? "has no counted node" : text;
}

// Tells each nameserver's arrival once.
class Arrivals {
 public:
  void Tell(const v1::Change& change) {
    for (const v1::NameserverProgress& progress : change.nameservers()) {
      if (!progress.serving() || !told_.insert(progress.nameserver()).second) continue;
      const double ms =
          std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start_).count();
      std::fprintf(stderr, "%7.1f ms  %-28s %s serves it (%zu of %d)\n", ms, progress.host_name().c_str(),
                   progress.region().c_str(), told_.size(), change.nameservers_size());
    }
  }

 private:
  const std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::set<std::string> told_;
};

}  // namespace

std::string SafeAfterText(const v1::Change& change) {
  if (!change.has_safe_after_time()) return "not known before it is INSYNC";
  return absl::StrCat(FormatTime(change.safe_after_time()), ": no resolver can hold the old data after");
}

void PrintChange(const Session& session, const v1::Change& change) {
  if (session.PrintMessage(change)) return;
  const bool insync = change.state() == v1::Change::STATE_INSYNC;
  std::vector<std::pair<std::string, std::string>> fields = {
      {"Change", LastPart(change.name())},
      {"Zone", LastPart(change.zone())},
      {"State",
       insync ? absl::StrCat(Coloured(Colour::kGreen, "INSYNC"), " since ", FormatTime(change.insync_time()))
              : Coloured(Colour::kYellow, "PENDING")},
      {"Revision", absl::StrCat(change.revision())},
      {"Made", absl::StrCat(FormatTime(change.create_time()), " by ", change.principal())}};
  for (const std::string& node : change.forced_nodes()) {
    fields.emplace_back(
        "Not known of",
        absl::StrCat(LastPart(node), ", which was drained by force while this waited for it"));
  }
  PrintFields(fields);
  Table table({"NAMESERVER", "REGION", "SERVES IT", "WAITING FOR"});
  for (const v1::NameserverProgress& progress : change.nameservers()) {
    table.Add({progress.host_name(), progress.region(),
               progress.serving() ? Coloured(Colour::kGreen, "yes") : Coloured(Colour::kYellow, "no"),
               WaitingFor(progress)});
  }
  table.Print("no nameservers");
}

v1::Change WaitForChange(Session& session, const std::string& name, uint32_t servers) {
  grpc::ClientContext context;
  session.Prepare(context);
  v1::WatchChangeRequest request;
  request.set_name(name);
  request.set_servers(servers);
  const auto stub = v1::ChangeService::NewStub(session.channel());
  const auto reader = stub->WatchChange(&context, request);
  Arrivals arrivals;
  v1::Change change;
  while (reader->Read(&change)) {
    if (!session.json()) arrivals.Tell(change);
  }
  const grpc::Status status = reader->Finish();
  if (status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED && !change.name().empty()) {
    PrintChange(session, change);
    session.Fail(kRefused,
                 absl::StrFormat("the change is durable, but not on all its nameservers after %g s; "
                                 "`quartet change wait %s` goes on waiting",
                                 session.timeout_seconds, LastPart(name)));
  }
  session.Check(status, context);
  return change;
}

void FinishChange(Session& session, const v1::Change& change, bool wait) {
  PrintChange(session, wait ? WaitForChange(session, change.name(), 0) : change);
}

}  // namespace quartet::admin
