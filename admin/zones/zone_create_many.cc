#include <grpcpp/grpcpp.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "admin/output.h"
#include "admin/progress_line.h"
#include "admin/zones/zone_transfer_commands.h"
#include "proto/transport/watchdog.h"
#include "quartet/admin/v1/zone.grpc.pb.h"

namespace quartet::admin {
namespace {

using Stream = grpc::ClientReaderWriter<v1::CreateZoneRequest, v1::CreateZonesResponse>;

struct Arguments {
  std::string list;
  std::string account;
  std::string comment;
};

// Requests of a list: a line for each zone, its name and, perhaps, its zone file.
class List {
 public:
  List(const Session& session, const Arguments& arguments)
      : arguments_(arguments),
        run_(Session::NewRequestId()),
        folder_(arguments.list == "-" ? "." : std::filesystem::path(arguments.list).parent_path()) {
    if (arguments.list != "-") file_.open(arguments.list);
    if (!in()) session.Fail(kUsage, absl::StrCat("can't read ", arguments.list));
  }

  // False: that was all, or a zone file can't be read (`wrong`).
  bool Next(v1::CreateZoneRequest* request, uint64_t* line) {
    for (std::string text; std::getline(in(), text);) {
      ++line_;
      absl::StripAsciiWhitespace(&text);
      if (text.empty() || text[0] == '#') continue;
      *line = line_;
      return Read(text, request);
    }
    return false;
  }

  const std::string& wrong() const { return wrong_; }

 private:
  std::istream& in() { return arguments_.list == "-" ? std::cin : file_; }

  bool Read(const std::string& text, v1::CreateZoneRequest* request) {
    request->Clear();
    const size_t end = text.find_first_of(" \t");
    request->set_domain_name(text.substr(0, end));
    request->set_account(arguments_.account);
    request->set_comment(arguments_.comment);
    request->set_request_id(absl::StrCat(run_, "-", line_));
    if (end == std::string::npos) return true;
    const std::string name(absl::StripAsciiWhitespace(text.substr(end)));
    std::ifstream file(folder_ / name, std::ios::binary);
    request->set_zone_file(std::string(std::istreambuf_iterator<char>(file), {}));
    request->set_zone_file_name(name);
    if (file) return true;
    wrong_ = absl::StrCat(arguments_.list, ":", line_, ": can't read ", name);
    return false;
  }

  const Arguments& arguments_;
  const std::string run_;
  const std::filesystem::path folder_;
  std::ifstream file_;
  uint64_t line_ = 0;
  std::string wrong_;
};

// What is known of a request that is not answered.
struct Asked {
  uint64_t line;
  std::string domain_name;
};

// By number; the sender puts in, the receiver takes out.
class UnderWay {
 public:
  void Put(uint64_t number, Asked asked) {
    const std::lock_guard<std::mutex> lock(mutex_);
    asked_[number] = std::move(asked);
  }
  Asked Take(uint64_t number) {
    const std::lock_guard<std::mutex> lock(mutex_);
    const auto found = asked_.find(number);
    if (found == asked_.end()) return {0, "?"};
    Asked asked = std::move(found->second);
    asked_.erase(found);
    return asked;
  }

 private:
  std::mutex mutex_;
  std::unordered_map<uint64_t, Asked> asked_;
};

void Send(Stream& stream, List& list, UnderWay& under_way) {
  v1::CreateZoneRequest request;
  uint64_t line = 0;
  for (uint64_t number = 1; list.Next(&request, &line); ++number) {
    under_way.Put(number, {line, request.domain_name()});
    if (!stream.Write(request)) return;
  }
  stream.WritesDone();
}

void PrintRefusal(const Arguments& arguments, const Asked& asked,
                  const v1::CreateZonesResponse::Refusal& refusal) {
  std::fprintf(stderr, "quartet: %s:%llu: %s was not made: %s\n", Printable(arguments.list).c_str(),
               static_cast<unsigned long long>(asked.line), Printable(asked.domain_name).c_str(),
               Printable(refusal.message()).c_str());
}

void CreateMany(Session& session, const Arguments& arguments) {
  List list(session, arguments);
  grpc::ClientContext context;
  session.PrepareOpenEnded(context);
  uint64_t made = 0;
  uint64_t refused = 0;
  grpc::Status status;
  bool silent = false;
  {
    transport::Watchdog watchdog(session.patience(), [&context] { context.TryCancel(); });
    ProgressLine progress;
    UnderWay under_way;
    const auto stream = v1::ZoneService::NewStub(session.channel())->CreateZones(&context);
    std::thread sender([&] { Send(*stream, list, under_way); });
    for (v1::CreateZonesResponse response; stream->Read(&response); watchdog.Pet()) {
      const Asked asked = under_way.Take(response.number());
      made += response.has_created() ? 1 : 0;
      if (response.has_refused()) {
        ++refused;
        progress.Clear();
        PrintRefusal(arguments, asked, response.refused());
      }
      if (!session.PrintOneOfMany(response) && made % 100 == 0)
        progress.Show(absl::StrCat("made: ", WithCommas(made)));
    }
    sender.join();
    status = stream->Finish();
    silent = watchdog.barked();
  }
  if (silent && !status.ok())
    session.Fail(kUnreachable,
                 absl::StrCat("nothing was heard from ", session.controller, " for ", session.timeout_seconds,
                              " s, after ", WithCommas(made), " zones were made; some more may have been"));
  session.Check(status, context);
  std::fprintf(stderr, "quartet: %s made, %s refused\n", Count(made, "zone").c_str(),
               WithCommas(refused).c_str());
  if (!list.wrong().empty()) session.Fail(kUsage, absl::StrCat(list.wrong(), "; the rest was not read"));
  if (refused > 0) throw Exit{kRefused};
}

}  // namespace

void AddZoneCreateMany(CLI::App& zone, Session& session) {
  auto arguments = std::make_shared<Arguments>();
  CLI::App* command = zone.add_subcommand("create-many", "Make the zones of a list, many at a time");
  command->footer(
      "LIST has a line for each zone: its name and, if it is to be filled, a zone file (of 1 MiB at most), "
      "its "
      "path taken\n"
      "from the list's folder. Empty lines and those that begin with # are left out. A zone that is refused "
      "does "
      "not stop the\n"
      "others; it is told with its line, and the exit status is 1.\n\n"
      "  example.com zones/example.com.zone\n"
      "  example.net\n\n"
      "Examples:\n"
      "  quartet zone create-many zones.txt\n"
      "  cut -d, -f1 customers.csv | quartet zone create-many - --comment 'moved from the old service'");
  command->add_option("LIST", arguments->list, "The list; - is standard input")->required();
  command->add_option("--comment", arguments->comment, "What the zones are for");
  command->add_option("--account", arguments->account, "Account they belong to");
  command->callback([&session, arguments] { CreateMany(session, *arguments); });
}

}  // namespace quartet::admin
