#include "tests/simulation/edited_store.h"

#include <map>

namespace quartet::simulation {
namespace {

class EditedIterator : public store::Iterator {
 public:
  explicit EditedIterator(std::map<std::string, std::string> values)
      : values_(std::move(values)), at_(values_.begin()) {}
  bool Valid() const override { return at_ != values_.end(); }
  void Next() override { ++at_; }
  absl::string_view key() const override { return at_->first; }
  absl::string_view value() const override { return at_->second; }
  absl::Status status() const override { return absl::OkStatus(); }

 private:
  const std::map<std::string, std::string> values_;
  std::map<std::string, std::string>::const_iterator at_;
};

class EditedSnapshot : public store::Reader {
 public:
  EditedSnapshot(std::unique_ptr<store::Reader> base, const EditValueFn& edit)
      : base_(std::move(base)), reader_(*base_, edit) {}
  absl::StatusOr<std::optional<std::string>> Get(absl::string_view key) const override {
    return reader_.Get(key);
  }
  std::unique_ptr<store::Iterator> Scan(absl::string_view begin, absl::string_view end) const override {
    return reader_.Scan(begin, end);
  }

 private:
  const std::unique_ptr<store::Reader> base_;
  const EditedReader reader_;
};

}  // namespace

absl::StatusOr<std::optional<std::string>> EditedReader::Get(absl::string_view key) const {
  absl::StatusOr<std::optional<std::string>> value = base_.Get(key);
  if (!value.ok() || !value->has_value()) return value;
  return edit_(base_, key, **value);
}

std::unique_ptr<store::Iterator> EditedReader::Scan(absl::string_view begin, absl::string_view end) const {
  std::map<std::string, std::string> values;
  for (const auto it = base_.Scan(begin, end); it->Valid(); it->Next()) {
    std::optional<std::string> value = edit_(base_, it->key(), it->value());
    if (value.has_value()) values.emplace(std::string(it->key()), *std::move(value));
  }
  return std::make_unique<EditedIterator>(std::move(values));
}

std::unique_ptr<store::Reader> EditedStore::Snapshot() const {
  return std::make_unique<EditedSnapshot>(base_.Snapshot(), edit_);
}

}  // namespace quartet::simulation
