// For mutations: a store whose readers see other values than it holds, or none.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "replication/store/store.h"

namespace quartet::simulation {

// What a reader sees in place of a value; nullopt: nothing. `base` is the state it reads.
using EditValueFn = std::function<std::optional<std::string>(const store::Reader& base, absl::string_view key,
                                                             absl::string_view value)>;

// Keeps references to both.
class EditedReader : public store::Reader {
 public:
  EditedReader(const store::Reader& base, const EditValueFn& edit) : base_(base), edit_(edit) {}
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override;
  std::unique_ptr<store::Iterator> Scan(absl::string_view begin, absl::string_view end) const override;

 private:
  const store::Reader& base_;
  const EditValueFn& edit_;
};

class EditedStore : public store::Store {
 public:
  EditedStore(store::Store& base, EditValueFn edit)
      : base_(base), edit_(std::move(edit)), reader_(base_, edit_) {}

  absl::Status Write(const store::Batch& batch, Sync sync) override { return base_.Write(batch, sync); }
  std::unique_ptr<store::Reader> Snapshot() const override;
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return reader_.Get(key);
  }
  std::unique_ptr<store::Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return reader_.Scan(begin, end);
  }

 private:
  store::Store& base_;
  const EditValueFn edit_;
  const EditedReader reader_;
};

}  // namespace quartet::simulation
