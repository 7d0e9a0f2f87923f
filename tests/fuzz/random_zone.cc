#include "tests/fuzz/random_zone.h"

#include <map>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "dns/base/check.h"

namespace quartet::fuzz {
namespace {

using dns::RecordData;
using dns::Type;

constexpr size_t kMostSets = 48;
constexpr size_t kMostHosts = 12;

absl::string_view Label(size_t number) {
  static const std::string long_label(63, 'l');
  static const absl::string_view labels[] = {"a", "b", "*", "C", "d", absl::string_view("\0", 1), long_label};
  return labels[number % std::size(labels)];
}

constexpr size_t kLabels = 7;

// Bytes of record data.
class Wire {
 public:
  Wire& Put(size_t value, int octets) {
    while (octets-- > 0) bytes_.push_back(static_cast<uint8_t>(value >> (8 * octets)));
    return *this;
  }
  Wire& Put(const dns::Name& name) {
    bytes_.insert(bytes_.end(), name.wire().begin(), name.wire().end());
    return *this;
  }
  Wire& Fill(size_t octets, uint8_t with) {
    bytes_.insert(bytes_.end(), octets, with);
    return *this;
  }
  RecordData As(Type type) const {
    auto data = RecordData::FromWire(type, bytes_);
    QUARTET_CHECK(data.ok());
    return *std::move(data);
  }

 private:
  std::vector<uint8_t> bytes_;
};

class Maker {
 public:
  Maker(ByteSource& in, dns::Name apex) : in_(in), apex_(std::move(apex)) {}

  std::vector<dns::RecordSet> Make() {
    Add(apex_, {dns::MakeSoa({Target(), Target(), 1, 2, 3, 4, static_cast<uint32_t>(in_.Below(600))})});
    Add(apex_, Many(1 + in_.Below(3), [&](size_t) { return Wire().Put(Target()).As(Type::kNs); }));
    for (size_t left = in_.Below(kMostSets); left > 0; --left) AddOne(TakeName(in_, apex_, 4));
    std::vector<dns::RecordSet> sets;
    for (auto& [owner, types] : names_) {
      for (auto& [type, set] : types) sets.push_back(std::move(set));
    }
    return sets;
  }

 private:
  dns::Name Target() {
    if (in_.OneIn(8)) return *dns::Name::Parse(in_.OneIn(2) ? "host.other.example." : "x.Example.");
    return TakeName(in_, apex_, 3);
  }

  template <typename MakeData>
  static std::vector<RecordData> Many(size_t count, MakeData make) {
    std::vector<RecordData> records;
    for (size_t i = 0; i < count; ++i) {
      RecordData data = make(i);
      bool known = false;
      for (const RecordData& other : records) known = known || other == data;
      if (!known) records.push_back(std::move(data));
    }
    return records;
  }

  // Not if the name has such a set, or an alias is or would be beside other data.
  void Add(const dns::Name& owner, std::vector<RecordData> records) {
    auto& types = names_[owner];
    const Type type = records.front().type();
    const bool alone = types.empty() || (types.count(Type::kCname) == 0 && type != Type::kCname);
    auto set = dns::RecordSet::Create(owner, static_cast<uint32_t>(in_.Below(1000)), std::move(records));
    QUARTET_CHECK(set.ok());
    if (alone) types.emplace(type, *std::move(set));
    if (types.empty()) names_.erase(owner);
  }

  void AddAddresses(const dns::Name& owner, size_t count) {
    Add(owner, Many(count, [&](size_t i) { return Wire().Put(i, 4).As(Type::kA); }));
  }

  // A cut, and for most of its servers that lie below it as many addresses as make referrals too large.
  void AddCut(const dns::Name& owner) {
    const size_t addresses = 1 + in_.Below(40);
    std::vector<RecordData> servers = Many(1 + in_.Below(kMostHosts), [&](size_t) {
      return Wire().Put(in_.OneIn(3) ? Target() : TakeName(in_, owner, 2)).As(Type::kNs);
    });
    for (const RecordData& server : servers) {
      const dns::Name host = server.Names().front();
      if (host.IsWithin(owner) && !in_.OneIn(4)) AddAddresses(host, addresses);
    }
    Add(owner, std::move(servers));
  }

  void AddOne(const dns::Name& owner) {
    const size_t kind = in_.Below(14);
    const size_t few = 1 + in_.Below(4);
    const bool wild = owner.is_wildcard();
    switch (kind) {
      case 0:
      case 1:
        return AddAddresses(owner, few);
      case 2:
        return Add(owner, Many(few, [&](size_t i) { return Wire().Put(0, 8).Put(i, 8).As(Type::kAaaa); }));
      case 3:
        if (!wild) Add(owner, {Wire().Put(0x00010801, 4).Fill(20, 7).As(Type::kDs)});
        [[fallthrough]];
      case 4:
        if (wild || owner == apex_) return;
        return AddCut(owner);
      case 5:
      case 6:
        return Add(owner, {Wire().Put(Target()).As(Type::kCname)});
      case 7:
        if (!wild) Add(owner, {Wire().Put(Target()).As(Type::kDname)});
        return;
      case 8:
        return Add(owner, Many(1 + in_.Below(kMostHosts),
                               [&](size_t i) { return Wire().Put(i, 2).Put(Target()).As(Type::kMx); }));
      case 9:
        return Add(owner, Many(few, [&](size_t i) { return Wire().Put(i, 6).Put(Target()).As(Type::kSrv); }));
      case 10:
        return Add(owner, Many(few, [&](size_t i) {
                     return Wire().Put(100 + i, 1).Fill(100 + i, 't').As(Type::kTxt);
                   }));
      case 11:
        return AddAddresses(owner, 1 + in_.Below(200));
      case 12:
        return Add(owner, Many(in_.Below(60) + 1, [&](size_t) {
                     return Wire().Put(TakeName(in_, Target(), 1)).As(Type::kPtr);
                   }));
      default:
        return Add(owner, {Wire().Fill(in_.Below(1500), 'u').As(Type{65280})});
    }
  }

  ByteSource& in_;
  const dns::Name apex_;
  std::map<dns::Name, std::map<Type, dns::RecordSet>> names_;
};

}  // namespace

dns::Name TakeName(ByteSource& in, const dns::Name& apex, size_t most_labels) {
  dns::Name name = apex;
  size_t left = in.Below(most_labels + 1);
  while (left-- > 0) {
    auto longer = name.Prepend(Label(in.Below(kLabels)));
    if (!longer.ok()) break;
    name = *std::move(longer);
  }
  return name;
}

std::vector<dns::RecordSet> TakeZone(ByteSource& in, const dns::Name& apex) { return Maker(in, apex).Make(); }

}  // namespace quartet::fuzz
