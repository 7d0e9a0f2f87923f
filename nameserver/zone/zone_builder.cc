#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "nameserver/zone/name_payload.h"
#include "nameserver/zone/set_image.h"
#include "nameserver/zone/tree.h"
#include "nameserver/zone/tree_writer.h"
#include "replication/record/record_key.h"
#include "replication/record/record_value.h"

namespace quartet::nameserver {

struct ZoneBuilder::State {
  explicit State(dns::Name name) : apex(std::move(name)) {}

  absl::Status Add(absl::string_view record_key, absl::string_view served);
  void EndName();
  void EndPage();

  const dns::Name apex;
  TreeWriter writer{ZoneTree{}};
  std::vector<PageRef> leaves;
  // The leaf in the making, and in front of it the last key of the leaf before.
  EntryList entries;
  std::string before;
  // The name in the making.
  std::string key;
  NamePayload payload;
  // The last record key taken: the order is checked on it.
  std::string last;
  std::string set;
};

absl::Status ZoneBuilder::State::Add(absl::string_view record_key, absl::string_view served) {
  const auto parts = replication::SplitRecordKey(record_key);
  if (!parts.ok()) return parts.status();
  if (!parts->set_identifier.empty()) return absl::UnimplementedError("a record set with a set identifier");
  if (record_key <= last) return absl::InvalidArgumentError("record sets out of order");
  const auto view = replication::ViewServed(served);
  if (!view.ok()) return view.status();
  const auto type = static_cast<uint16_t>(parts->type);
  BlockList blocks;
  set.clear();
  if (absl::Status status = AppendRecordSet(type, *view, apex, &set, &blocks); !status.ok()) return status;
  writer.AddBlocks(std::move(blocks));
  if (last.empty() || parts->owner_key != key) {
    EndName();
    key.assign(parts->owner_key.data(), parts->owner_key.size());
    payload.Start(key);
  }
  last.assign(record_key.data(), record_key.size());
  payload.Add(type, set);
  return absl::OkStatus();
}

void ZoneBuilder::State::EndName() {
  if (last.empty()) return;
  const absl::string_view bytes = payload.Finish();
  if (!entries.empty() && entries.bytes() + key.size() + bytes.size() > kPageTarget) EndPage();
  entries.Add(key, bytes);
}

void ZoneBuilder::State::EndPage() {
  if (entries.empty()) return;
  std::string separator = leaves.empty() ? std::string() : Separator(before, entries.key(0));
  before = std::string(entries.key(entries.count() - 1));
  leaves.push_back({std::move(separator), writer.WriteOne(entries, 0)});
  entries.Clear();
}

ZoneBuilder::ZoneBuilder(dns::Name apex) : state_(std::make_unique<State>(std::move(apex))) {}
ZoneBuilder::~ZoneBuilder() = default;
ZoneBuilder::ZoneBuilder(ZoneBuilder&&) noexcept = default;
ZoneBuilder& ZoneBuilder::operator=(ZoneBuilder&&) noexcept = default;

const dns::Name& ZoneBuilder::apex() const { return state_->apex; }

absl::Status ZoneBuilder::Add(absl::string_view record_key, absl::string_view served) {
  return state_->Add(record_key, served);
}

absl::StatusOr<const ZoneTree*> ZoneBuilder::Finish() {
  state_->EndName();
  state_->EndPage();
  BlockList dropped;
  auto tree = state_->writer.Finish(std::move(state_->leaves), &dropped);
  FreeNow(dropped);
  return tree;
}

}  // namespace quartet::nameserver
