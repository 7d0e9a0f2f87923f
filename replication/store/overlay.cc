// The overlay: an index over a batch's operations, merged with a base.
//
// Operations only ever come behind others, so the number of operations at a moment is a version. The index
// keeps for every key, and every stretch of keys, the operations on it in order; an iterator made when there
// were N operations looks at those below N only, and is not moved by what comes later.
#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <utility>

#include "replication/store/store.h"

namespace quartet::store {

namespace {

using Operations = std::vector<size_t>;

constexpr size_t kNone = std::numeric_limits<size_t>::max();

// The last of `operations` (ascending) below `version`, or kNone.
size_t LastBelow(const Operations& operations, size_t version) {
  const auto after = std::lower_bound(operations.begin(), operations.end(), version);
  return after == operations.begin() ? kNone : *std::prev(after);
}

}  // namespace

struct Overlay::Index {
  // The last put or delete of a key, which `before` leads on from. Keys are in the batch. Nodes stay where they are, so
  // iterators over them hold.
  std::map<absl::string_view, size_t> points;
  // By operation: the one before it on its key, or kNone.
  std::vector<size_t> before;
  // Range deletes: each covers its key and all up to the next key here.
  std::map<std::string, Operations, std::less<>> stretches;

  // What the first `version` operations make of a key.
  struct Verdict {
    enum class Kind { kUntouched, kDeleted, kPut } kind;
    // Of kPut.
    size_t operation;
  };

  void Add(const Batch::Operation& operation, size_t number) {
    if (operation.kind == Batch::Operation::Kind::kDeleteRange) {
      AddRange(operation.key, operation.value, number);
    } else {
      const auto [point, added] = points.try_emplace(operation.key, number);
      before.resize(number + 1, kNone);
      if (!added) before[number] = std::exchange(point->second, number);
    }
  }

  Verdict Judge(const Batch& batch, absl::string_view key, size_t version) const {
    const auto point = points.find(key);
    return Judge(batch, key, point == points.end() ? kNone : point->second, version);
  }

  // The same where the key's own last operation has been found (kNone: it has none).
  Verdict Judge(const Batch& batch, absl::string_view key, size_t own, size_t version) const {
    size_t point = own;
    while (point != kNone && point >= version) point = before[point];
    const size_t range = LastRange(key, version);
    if (point == kNone && range == kNone) return {Verdict::Kind::kUntouched, kNone};
    if (point == kNone || (range != kNone && range > point)) return {Verdict::Kind::kDeleted, kNone};
    if (batch.operations()[point].kind == Batch::Operation::Kind::kDelete)
      return {Verdict::Kind::kDeleted, kNone};
    return {Verdict::Kind::kPut, point};
  }

 private:
  size_t LastRange(absl::string_view key, size_t version) const {
    if (stretches.empty()) return kNone;
    const auto after = stretches.upper_bound(key);
    return after == stretches.begin() ? kNone : LastBelow(std::prev(after)->second, version);
  }

  void AddRange(absl::string_view begin, absl::string_view end, size_t number) {
    if (begin >= end) return;
    const auto first = Split(begin);
    const auto last = Split(end);
    for (auto stretch = first; stretch != last; ++stretch) stretch->second.push_back(number);
  }

  // Makes a stretch begin at `key`.
  std::map<std::string, Operations, std::less<>>::iterator Split(absl::string_view key) {
    const auto after = stretches.upper_bound(key);
    if (after == stretches.begin()) return stretches.emplace(std::string(key), Operations()).first;
    const auto covering = std::prev(after);
    if (covering->first == key) return covering;
    return stretches.emplace_hint(after, std::string(key), covering->second);
  }
};

namespace {

// Merges a base's keys with the pending ones.
template <typename Index>
class MergingIterator : public Iterator {
 public:
  MergingIterator(const Batch& batch, const Index& index, absl::string_view begin, absl::string_view end,
                  std::unique_ptr<Iterator> base)
      : batch_(batch),
        index_(index),
        version_(batch.operations().size()),
        end_(end),
        base_(std::move(base)),
        pending_(index.points.lower_bound(begin)) {
    Settle();
  }

  bool Valid() const override { return valid_; }

  void Next() override {
    Step(key());
    Settle();
  }

  absl::string_view key() const override { return from_base_ ? base_->key() : pending_->first; }
  absl::string_view value() const override { return from_base_ ? base_->value() : value_; }
  absl::Status status() const override { return base_->status(); }

 private:
  using Verdict = typename Index::Verdict;

  bool HasPending() const {
    return pending_ != index_.points.end() && (end_.empty() || pending_->first < end_);
  }

  // Moves both sides past `key`, which is the current key of one of them or of both.
  void Step(absl::string_view key) {
    const bool pending_here = HasPending() && pending_->first == key;
    // The base goes last: `key` may be a view into it.
    const bool base_here = base_->Valid() && base_->key() == key;
    if (pending_here) ++pending_;
    if (base_here) base_->Next();
  }

  // Finds the next key that is there, beginning with where both sides are.
  void Settle() {
    valid_ = false;
    // After an error of the base nothing more is shown: what is pending alone would look like all there is.
    while (base_->status().ok() && (base_->Valid() || HasPending())) {
      const bool base_first = base_->Valid() && (!HasPending() || base_->key() < pending_->first);
      const bool both = !base_first && base_->Valid() && base_->key() == pending_->first;
      const absl::string_view key = base_first ? base_->key() : pending_->first;
      const Verdict verdict = index_.Judge(batch_, key, base_first ? kNone : pending_->second, version_);
      if (Show(verdict, base_first || both)) return;
      Step(key);
    }
  }

  // Whether the current key is there by `verdict`; remembers where its value is.
  bool Show(const Verdict& verdict, bool base_has_it) {
    if (verdict.kind == Verdict::Kind::kDeleted) return false;
    if (verdict.kind == Verdict::Kind::kUntouched && !base_has_it) return false;
    from_base_ = verdict.kind == Verdict::Kind::kUntouched;
    if (!from_base_) value_ = batch_.operations()[verdict.operation].value;
    valid_ = true;
    return true;
  }

  const Batch& batch_;
  const Index& index_;
  const size_t version_;
  const std::string end_;
  std::unique_ptr<Iterator> base_;
  typename decltype(Index::points)::const_iterator pending_;
  bool valid_ = false;
  bool from_base_ = false;
  absl::string_view value_;
};

}  // namespace

Overlay::Overlay(const Reader& base, Batch& batch)
    : base_(base), batch_(batch), index_(std::make_unique<Index>()) {
  for (size_t i = 0; i < batch.operations().size(); ++i) index_->Add(batch.operations()[i], i);
}

Overlay::~Overlay() = default;

void Overlay::Put(absl::string_view key, absl::string_view value) {
  batch_.Put(key, value);
  index_->Add(batch_.operations().back(), batch_.operations().size() - 1);
}

void Overlay::Delete(absl::string_view key) {
  batch_.Delete(key);
  index_->Add(batch_.operations().back(), batch_.operations().size() - 1);
}

void Overlay::DeleteRange(absl::string_view begin, absl::string_view end) {
  batch_.DeleteRange(begin, end);
  index_->Add(batch_.operations().back(), batch_.operations().size() - 1);
}

absl::StatusOr<std::optional<std::string>> Overlay::Get(absl::string_view key) const {
  const Index::Verdict verdict = index_->Judge(batch_, key, batch_.operations().size());
  switch (verdict.kind) {
    case Index::Verdict::Kind::kUntouched:
      return base_.Get(key);
    case Index::Verdict::Kind::kDeleted:
      return std::nullopt;
    case Index::Verdict::Kind::kPut:
      break;
  }
  return std::string(batch_.operations()[verdict.operation].value);
}

std::unique_ptr<Iterator> Overlay::Scan(absl::string_view begin, absl::string_view end) const {
  return std::make_unique<MergingIterator<Index>>(batch_, *index_, begin, end, base_.Scan(begin, end));
}

}  // namespace quartet::store
