#include "tests/simulation/sim_disk.h"

#include <utility>

#include "absl/strings/match.h"
#include "dns/base/check.h"
#include "quartet/stored/v1/zone.pb.h"
#include "replication/replica/layout.h"

namespace quartet::simulation {
namespace {

namespace layout = replication::layout;
using Kind = store::Batch::Operation::Kind;

struct Operation {
  Kind kind;
  std::string key;
  std::string value;
};
// What a wrong write makes of an operation: false leaves it out.
using EditFn = std::function<bool(Operation& operation)>;

store::Batch Edited(const store::Batch& batch, const EditFn& edit) {
  store::Batch edited;
  for (const store::Batch::Operation& original : batch.operations()) {
    Operation operation{original.kind, std::string(original.key), std::string(original.value)};
    if (!edit(operation)) continue;
    if (operation.kind == Kind::kPut) edited.Put(operation.key, operation.value);
    if (operation.kind == Kind::kDelete) edited.Delete(operation.key);
    if (operation.kind == Kind::kDeleteRange) edited.DeleteRange(operation.key, operation.value);
  }
  return edited;
}

bool ForgetBehind(Operation& operation) {
  stored::v1::ZoneLocalRow row;
  if (operation.kind != Kind::kPut || !absl::StartsWith(operation.key, layout::ZoneLocal("")) ||
      !row.ParseFromString(operation.value))
    return true;
  row.clear_behind();
  operation.value = row.SerializeAsString();
  return true;
}

}  // namespace

SimDisk::SimDisk(Of of, Mutation mutation)
    : of_(of), mutation_(mutation), store_(std::make_unique<store::MemoryStore>()) {}

absl::Status SimDisk::Write(const store::Batch& batch, Sync sync) {
  absl::Status written = WriteWrongly(batch, sync);
  if (written.ok() && std::exchange(lose_result_, false))
    return absl::UnavailableError("the disk did not answer in time");
  return written;
}

absl::Status SimDisk::WriteWrongly(const store::Batch& batch, Sync sync) {
  const bool node = of_ == Of::kNode;
  if (node && mutation_ == Mutation::kForgetToSync) return store_->Write(batch, Sync::kNo);
  if (!node && mutation_ == Mutation::kControllerForgetsToSync) return store_->Write(batch, Sync::kNo);
  if (node && mutation_ == Mutation::kBehindNotDurable)
    return store_->Write(Edited(batch, ForgetBehind), sync);
  if (node && mutation_ == Mutation::kDrainNotDurable) {
    return store_->Write(
        Edited(batch, [](Operation& one) { return one.key != layout::Meta("node/drained"); }), sync);
  }
  if (!node && mutation_ == Mutation::kRequestForgotten)
    return store_->Write(Edited(batch, [](Operation& one) { return one.key[0] != 'q'; }), sync);
  if (node && mutation_ == Mutation::kCursorApartFromData) {
    const auto is_cursor = [](const Operation& one) { return one.key == layout::Meta("node/cursor"); };
    absl::Status written =
        store_->Write(Edited(batch, [&](Operation& one) { return is_cursor(one); }), Sync::kYes);
    if (!written.ok()) return written;
    return store_->Write(Edited(batch, [&](Operation& one) { return !is_cursor(one); }), Sync::kNo);
  }
  return store_->Write(batch, sync);
}

void SimDisk::Crash(size_t survivors) {
  SetFull(false);
  lose_result_ = false;
  store_->Crash(survivors);
}

void SimDisk::Replace(std::unique_ptr<store::MemoryStore> store) {
  store_ = std::move(store);
  ++life_;
  full_ = false;
}

void SimDisk::SetFull(bool full) {
  full_ = full;
  store_->FailWrites(full ? absl::ResourceExhaustedError("the disk is full") : absl::OkStatus());
}

bool SimDisk::Rot(const std::string& zone_id) {
  const absl::StatusOr<std::optional<std::string>> local_bytes = Get(layout::ZoneLocal(zone_id));
  stored::v1::ZoneLocalRow local;
  if (full_ || !local_bytes.ok() || !local_bytes->has_value() || !local.ParseFromString(**local_bytes))
    return false;
  if (local.generation() == 0) return false;
  const std::string prefix = layout::Generation(zone_id, local.generation());
  std::string key;
  std::string value;
  {
    const std::unique_ptr<store::Iterator> records = Scan(prefix, store::PrefixEnd(prefix));
    if (!records->Valid()) return false;
    key = std::string(records->key());
    value = std::string(records->value());
  }
  value.back() = static_cast<char>(value.back() ^ 1);
  store::Batch batch;
  batch.Put(key, value);
  QUARTET_CHECK(store_->Write(batch, Sync::kYes).ok());
  return true;
}

}  // namespace quartet::simulation
