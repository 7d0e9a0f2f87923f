#include "nameserver/replica/zone_reading.h"

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "replication/replica/layout.h"

namespace quartet::nameserver {

using replication::Digest;

absl::StatusOr<ZoneBuilder> ReadZone(const store::Reader& store, const replication::ZoneUpdate& load,
                                     replication::Hasher& hasher, const std::atomic<bool>* stop) {
  const std::string prefix = replication::layout::Generation(load.zone_id, load.generation);
  ZoneBuilder builder(load.apex);
  Digest digest;
  const std::unique_ptr<store::Iterator> records = store.Scan(prefix, store::PrefixEnd(prefix));
  for (; records->Valid(); records->Next()) {
    if (stop != nullptr && stop->load(std::memory_order_relaxed)) return absl::CancelledError("stopped");
    const absl::string_view key = records->key().substr(prefix.size());
    absl::Status added = builder.Add(key, records->value());
    if (!added.ok()) return added;
    digest += hasher.Hash(key, records->value());
  }
  if (!records->status().ok()) return records->status();
  if (digest == Digest::FromBytes(load.digest)) return builder;
  return absl::DataLossError(absl::StrCat("its record sets on disk add up to digest ", digest.ToHex(),
                                          " instead of ", Digest::FromBytes(load.digest).ToHex()));
}

absl::StatusOr<ZoneBuilder> BuildFromPuts(const store::Batch& batch, const replication::ZoneUpdate& load) {
  ZoneBuilder builder(load.apex);
  for (size_t i = load.put_from; i < load.put_from + load.puts; ++i) {
    const store::Batch::Operation& put = batch.operations()[i];
    absl::Status added = builder.Add(put.key.substr(replication::layout::kGenerationBytes), put.value);
    if (!added.ok()) return added;
  }
  return builder;
}

}  // namespace quartet::nameserver
