#include "admin/zone_files/import_source.h"

#include <utility>

#include "admin/zone_files/record_sets_file.h"

namespace quartet::admin {
namespace {

constexpr size_t kTextPiece = size_t{256} << 10;
constexpr size_t kSetsPiece = size_t{64} << 10;

class TextSource : public ImportSource {
 public:
  explicit TextSource(std::istream& in) : in_(in) {}

  bool Next(v1::ImportZoneRequest* piece) override {
    std::string& text = *piece->mutable_text();
    text.resize(kTextPiece);
    in_.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<size_t>(in_.gcount()));
    bytes_ += text.size();
    return !text.empty();
  }
  v1::ImportEnd end() const override {
    v1::ImportEnd end;
    end.set_bytes(bytes_);
    return end;
  }
  bool failed() const override { return in_.bad(); }

 private:
  std::istream& in_;
  uint64_t bytes_ = 0;
};

class RecordSetsSource : public ImportSource {
 public:
  RecordSetsSource(std::istream& in, const std::string& name) : in_(in), file_(in, name) {}

  bool Next(v1::ImportZoneRequest* piece) override {
    v1::ImportedRecordSets& sets = *piece->mutable_record_sets();
    sets.Clear();
    size_t bytes = 0;
    for (v1::ImportedRecordSet set; bytes < kSetsPiece && file_.Next(&set);) {
      bytes += set.ByteSizeLong();
      *sets.add_record_sets() = std::move(set);
    }
    count_ += static_cast<uint64_t>(sets.record_sets_size());
    return sets.record_sets_size() > 0;
  }
  v1::ImportEnd end() const override {
    v1::ImportEnd end;
    end.set_record_sets(count_);
    return end;
  }
  bool failed() const override { return in_.bad() || file_.total_faults() > 0; }
  google::protobuf::RepeatedPtrField<v1::Fault> faults() const override { return file_.faults(); }

 private:
  std::istream& in_;
  RecordSetsFile file_;
  uint64_t count_ = 0;
};

}  // namespace

std::unique_ptr<ImportSource> MakeTextSource(std::istream& in) { return std::make_unique<TextSource>(in); }

std::unique_ptr<ImportSource> MakeRecordSetsSource(std::istream& in, const std::string& name) {
  return std::make_unique<RecordSetsSource>(in, name);
}

}  // namespace quartet::admin
