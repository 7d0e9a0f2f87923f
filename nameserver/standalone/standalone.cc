#include "nameserver/standalone/standalone.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "nameserver/metrics/residency_metrics.h"
#include "nameserver/metrics/serve_metrics.h"
#include "nameserver/serve/directory_responder.h"
#include "nameserver/standalone/listed_zones.h"
#include "nameserver/standalone/memory_zones.h"
#include "replication/base/log.h"
#include "replication/base/readiness.h"

namespace quartet::nameserver {

absl::StatusOr<std::unique_ptr<Standalone>> Standalone::Start(const StandaloneOptions& options) {
  std::unique_ptr<Standalone> standalone(new Standalone());
  if (absl::Status status = standalone->Load(options); !status.ok()) return status;
  if (absl::Status status = standalone->Open(options.serve); !status.ok()) return status;
  return standalone;
}

absl::Status Standalone::Load(const StandaloneOptions& options) {
  if (options.data.empty()) return LoadIntoMemory(options);
  absl::StatusOr<std::unique_ptr<ImportedZones>> imported =
      ImportedZones::Open({.data = options.data,
                           .zone_list = options.zone_list,
                           .memory_budget = options.memory_budget,
                           .identity = options.serve.identity,
                           .stopped = options.stopped},
                          directory_);
  if (!imported.ok()) return imported.status();
  imported_ = *std::move(imported);
  return absl::OkStatus();
}

absl::Status Standalone::LoadIntoMemory(const StandaloneOptions& options) {
  const absl::StatusOr<ZoneList> list = ReadListedZones(options.zone_list);
  if (!list.ok()) return list.status();
  MemoryZones zones(directory_);
  ZoneLoading loading{"loading", options.stopped, nullptr};
  loading.on_zone = [&](const dns::Name& apex, const std::vector<ZoneRecord>& records) {
    return zones.Add(apex, records);
  };
  absl::Status loaded = LoadListedZones(*list, loading);
  if (loaded.ok()) zones.Finish();
  return loaded;
}

absl::Status Standalone::Open(const ServeOptions& options) {
  Parking* parking = imported_ == nullptr ? nullptr : &imported_->parking();
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Open(options, AnswerFrom(directory_, options.identity, parking));
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  LogInfo("answering on {}",
          absl::StrJoin(server_->addresses(), ", ", [](std::string* out, const auto& address) {
            absl::StrAppend(out, address.ToString());
          }));
  replication::NotifyReady();
  return absl::OkStatus();
}

Standalone::~Standalone() { Stop(); }

std::vector<transport::Metric> Standalone::Metrics() const {
  std::vector<transport::Metric> metrics = ServeMetrics(server_->Totals());
  if (imported_ != nullptr) AddColdQueryMetrics(imported_->parking().Totals(), imported_->loads(), metrics);
  return metrics;
}

void Standalone::Stop() {
  if (server_ == nullptr) return;
  server_->Close();
  const ServeTotals totals = server_->Totals();
  LogInfo("sockets closed after {} queries, {} answers not sent", totals.queries, totals.send_drops);
  server_.reset();
}

}  // namespace quartet::nameserver
