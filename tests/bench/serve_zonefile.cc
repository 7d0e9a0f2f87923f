// serve_zonefile ADDRESS:PORT ZONE FILE [ZONE FILE]…: answers from zone files through the directory, the
// answer engine and nameserver/serve, as a node does, without replica and feed; one UDP worker. For
// benchmarks.
#include <signal.h>

#include <algorithm>
#include <cstdio>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "dns/zonefile/importer.h"
#include "nameserver/serve/directory_responder.h"
#include "nameserver/serve/server.h"
#include "nameserver/zone/directory.h"
#include "replication/base/readiness.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {
namespace {

using Records = std::vector<std::pair<std::string, std::string>>;

absl::StatusOr<Records> ReadRecords(const dns::Name& apex, const std::string& path) {
  std::stringstream text;
  text << std::ifstream(path).rdbuf();
  dns::ImportOptions options;
  options.apex = apex;
  options.file_name = path;
  dns::ImportResult result = dns::Import(text.str(), options);
  if (!result.ok() || !result.soa.has_value() || !result.apex_ns.has_value()) {
    return absl::InvalidArgumentError(absl::StrCat(path, " is no zone file of ", apex.ToString()));
  }
  result.record_sets.push_back(*result.soa);
  result.record_sets.push_back(*result.apex_ns);
  Records records;
  for (const dns::RecordSet& set : result.record_sets) {
    records.emplace_back(replication::RecordKey(set.owner(), apex, set.type()),
                         replication::EncodeServed(set, apex));
  }
  std::sort(records.begin(), records.end());
  return records;
}

absl::Status LoadZone(Directory& directory, const std::string& id, const char* zone, const char* path) {
  const absl::StatusOr<dns::Name> apex = dns::Name::Parse(zone);
  if (!apex.ok()) return apex.status();
  const absl::StatusOr<Records> records = ReadRecords(*apex, path);
  if (!records.ok()) return records.status();
  ZoneBuilder builder(*apex);
  for (const auto& [key, served] : *records) {
    absl::Status added = builder.Add(key, served);
    if (!added.ok()) return added;
  }
  return directory.Install(id, std::move(builder));
}

int Fail(const absl::Status& status) {
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

int Run(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  const absl::StatusOr<SocketAddress> address = SocketAddress::Parse(argv[1]);
  if (!address.ok()) return Fail(address.status());
  Directory directory;
  for (int i = 2; i + 1 < argc; i += 2) {
    const absl::Status loaded =
        LoadZone(directory, absl::StrCat("Z", 1000000000000 + i), argv[i], argv[i + 1]);
    if (!loaded.ok()) return Fail(loaded);
  }
  directory.Publish();
  const auto server = Server::Open({.listen = {*address}, .workers = 1}, AnswerFrom(directory));
  if (!server.ok()) return Fail(server.status());
  replication::NotifyReady();
  int signal = 0;
  sigwait(&signals, &signal);
  (*server)->Close();
  return 0;
}

}  // namespace
}  // namespace quartet::nameserver

int main(int argc, char** argv) {
  if (argc < 4 || argc % 2 != 0) {
    std::fprintf(stderr, "usage: serve_zonefile ADDRESS:PORT ZONE FILE [ZONE FILE]...\n");
    return 2;
  }
  return quartet::nameserver::Run(argc, argv);
}
