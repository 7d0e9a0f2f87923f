#include "tests/transfer/exchange.h"

#include <memory>
#include <sstream>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "admin/zone_files/import_source.h"
#include "controller/export/zone_export.h"
#include "controller/imports/import_fixture.h"
#include "gtest/gtest.h"
#include "replication/record/record_key.h"
#include "replication/replica/full_view.h"

namespace quartet::tests {

namespace v1 = admin::v1;
using admin::ZoneFormat;
using controller::MemoryController;

Exchange::Exchange() : controller_(2, absl::StrCat(::testing::TempDir(), "/imports")) {}

absl::StatusOr<v1::ImportResult> Exchange::Import(const v1::ImportStart& start, const std::string& text,
                                                  ZoneFormat format) {
  std::istringstream in(text);
  const auto source = format == ZoneFormat::kZoneFile ? admin::MakeTextSource(in)
                                                      : admin::MakeRecordSetsSource(in, start.file_name());
  std::vector<v1::ImportZoneRequest> messages(1);
  *messages.back().mutable_start() = start;
  for (v1::ImportZoneRequest piece; source->Next(&piece);) messages.push_back(piece);
  EXPECT_FALSE(source->failed()) << text;
  *messages.emplace_back().mutable_end() = source->end();
  controller::ScriptedStream stream(std::move(messages));
  return controller_->ImportZone(MemoryController::kAdmin, stream);
}

std::string Exchange::Make(const std::string& domain_name, const std::string& text, ZoneFormat format) {
  v1::ImportStart start;
  start.mutable_new_zone()->set_domain_name(domain_name);
  start.set_file_name("zone");
  const auto made = Import(start, text, format);
  EXPECT_TRUE(made.ok()) << made.status() << "\n" << text.substr(0, 5000);
  return made.ok() ? made->zone().name() : "";
}

std::string Exchange::Export(const std::string& zone, ZoneFormat format) {
  const auto open = controller::ZoneExport::Open(controller_->host(), zone);
  EXPECT_TRUE(open.ok()) << open.status();
  if (!open.ok()) return "";
  std::string text;
  const auto writer =
      admin::MakeZoneWriter(format, [&](absl::string_view piece) { absl::StrAppend(&text, piece); });
  v1::ExportZoneResponse piece;
  absl::StatusOr<bool> more = (*open)->Next(piece);
  for (; more.ok() && *more; more = (*open)->Next(piece)) {
    if (piece.has_zone()) writer->Begin(piece.zone());
    for (const v1::RecordSet& set : piece.record_sets()) writer->Add(set);
  }
  EXPECT_TRUE(more.ok()) << more.status();
  writer->End();
  return text;
}

Contents Exchange::ContentsOf(const std::string& zone) {
  const std::string id = zone.substr(std::string("zones/").size());
  const replication::FullView view(controller_.store());
  const std::string soa = replication::RecordKey(dns::Name(), dns::Name(), dns::Type::kSoa);
  const std::string ns = replication::RecordKey(dns::Name(), dns::Name(), dns::Type::kNs);
  const replication::Hasher hasher(std::string(replication::Hasher::kKeyBytes, 'k'));
  Contents contents;
  const absl::Status status = view.VisitRecords(id, *view.ZoneGeneration(id), "", "",
                                                [&](const replication::FullView::Record& record) {
                                                  if (record.key == soa || record.key == ns) return true;
                                                  contents.served += hasher.Hash(record.key, record.served);
                                                  contents.control += hasher.Hash(record.key, record.control);
                                                  ++contents.record_sets;
                                                  return true;
                                                });
  EXPECT_TRUE(status.ok()) << status;
  return contents;
}

void Exchange::Delete(const std::string& zone) {
  v1::DeleteZoneRequest request;
  request.set_name(zone);
  request.set_force(true);
  EXPECT_TRUE(controller_->DeleteZone(MemoryController::kAdmin, request).ok());
}

}  // namespace quartet::tests
