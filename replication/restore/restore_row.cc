#include "replication/restore/restore_row.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "replication/replica/layout.h"

namespace quartet::replication {
namespace {

constexpr char kName[] = "restore";

}  // namespace

absl::StatusOr<std::optional<stored::v1::RestoreRow>> ReadRestore(const store::Reader& reader) {
  const absl::StatusOr<std::optional<std::string>> bytes = reader.Get(layout::Meta(kName));
  if (!bytes.ok()) return bytes.status();
  if (!bytes->has_value()) return std::optional<stored::v1::RestoreRow>();
  stored::v1::RestoreRow row;
  if (!row.ParseFromString(**bytes)) return absl::DataLossError("the row of the restore is damaged");
  return std::optional<stored::v1::RestoreRow>(std::move(row));
}

void PutRestore(const stored::v1::RestoreRow& row, store::Batch& batch) {
  batch.Put(layout::Meta(kName), row.SerializeAsString());
}

bool IsUnconfirmed(const std::optional<stored::v1::RestoreRow>& row) {
  return row.has_value() && row->confirm_time_us() == 0;
}

absl::Status UnconfirmedError(const stored::v1::RestoreRow& row) {
  const std::string when =
      absl::FormatTime("%Y-%m-%d %H:%M:%SZ", absl::FromUnixMicros(row.backup_time_us()), absl::UTCTimeZone());
  return absl::FailedPreconditionError(absl::StrCat(
      "this controller was restored from a backup of ", when,
      " and takes no changes yet: `quartet restore show` tells what its nodes have that the backup "
      "has not, `quartet restore confirm` begins service"));
}

absl::Status ConfirmRestore(store::Store& store, const std::string& principal, int64_t time_us) {
  absl::StatusOr<std::optional<stored::v1::RestoreRow>> row = ReadRestore(store);
  if (!row.ok()) return row.status();
  if (!row->has_value())
    return absl::FailedPreconditionError("this controller was not restored from a backup");
  if (!IsUnconfirmed(*row)) {
    return absl::FailedPreconditionError(
        absl::StrCat("the restore was confirmed already, by ", (*row)->confirmed_by()));
  }
  (*row)->set_confirm_time_us(time_us);
  (*row)->set_confirmed_by(principal);
  store::Batch batch;
  PutRestore(**row, batch);
  return store.Write(batch, store::Store::Sync::kYes);
}

}  // namespace quartet::replication
