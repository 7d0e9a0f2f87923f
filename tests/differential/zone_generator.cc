#include "tests/differential/zone_generator.h"

#include <algorithm>
#include <map>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "tests/differential/random_data.h"

namespace quartet::differential {
namespace {

constexpr const char* kLabels[] = {"a",
                                   "b",
                                   "c",
                                   "d",
                                   "ns",
                                   "www",
                                   "A-b",
                                   "_tcp",
                                   "xn--q",
                                   "00",
                                   "mail",
                                   "\\000\\001",
                                   "\\.",
                                   "B\\032",
                                   "\\255z",
                                   "quite-long-label-number-one",
                                   "quite-long-label-number-two"};
// RFC 1035 §2.3.4: for names of 255 octets.
constexpr size_t kLongestLabel = 63;
// In presentation format, so that the base and a label more fit.
constexpr size_t kLongestName = 200;

bool IsWithin(const std::string& name, const std::string& ancestor) {
  if (ancestor == "@") return true;
  const std::string lower = absl::AsciiStrToLower(name);
  const std::string above = absl::AsciiStrToLower(ancestor);
  return lower == above ||
         (lower.size() > above.size() + 1 &&
          lower.compare(lower.size() - above.size() - 1, std::string::npos, "." + above) == 0);
}

class Maker {
 public:
  explicit Maker(Dice& dice) : dice_(dice) {
    for (size_t count = 3 + dice.Pick(3); count > 0; --count) world_.labels.push_back(dice.Of(kLabels));
    if (dice.OneIn(12)) world_.labels.push_back(std::string(kLongestLabel, 'x'));
    features_ = {!dice.OneIn(3), dice.OneIn(3), !dice.OneIn(3), dice.OneIn(3)};
  }

  WorldText Make() {
    for (const std::string& apex : Apexes()) MakeZone(apex);
    return std::move(world_);
  }

 private:
  struct Features {
    bool cuts, dnames, wildcards, large;
  };

  // One zone most of the time; else some, each below the one before, or beside it.
  std::vector<std::string> Apexes() {
    std::vector<std::string> apexes = {dice_.OneIn(12) ? PlainLabel() : "@"};
    while (apexes.size() < 4 && dice_.OneIn(apexes.size() == 1 ? 3 : 2)) {
      std::string apex = dice_.Of(apexes);
      for (size_t more = 1 + dice_.Pick(2); more > 0; --more) apex = Below(PlainLabel(), apex);
      bool known = false;
      for (const std::string& other : apexes) known |= IsWithin(apex, other) && IsWithin(other, apex);
      if (!known && apex.size() < kLongestName / 2) apexes.push_back(apex);
    }
    return apexes;
  }

  // One that needs no quotes in configuration files.
  std::string PlainLabel() {
    const std::string& label = dice_.Of(world_.labels);
    return label.find('\\') == std::string::npos ? label : "sub";
  }

  std::string NameIn(const std::string& apex) {
    std::string name = apex;
    for (size_t more = 1 + dice_.Pick(4); more > 0; --more) {
      const bool star = features_.wildcards && dice_.OneIn(5);
      const std::string longer = Below(star ? "*" : dice_.Of(world_.labels), name);
      if (longer.size() > kLongestName) break;
      name = longer;
    }
    return name;
  }

  // A name that others point to: most of the time one that is there.
  std::string Target(const std::string& apex) {
    if (dice_.OneIn(8)) return dice_.OneIn(2) ? "host.other.example." : "w99999.test.";
    if (dice_.OneIn(10)) return apex;
    const std::vector<std::string>& dnames = dnames_[apex];
    if (!dnames.empty() && dice_.OneIn(4)) {
      const std::string below = Below(dice_.Of(world_.labels), dice_.Of(dnames));
      if (below.size() <= kLongestName) return below;
    }
    return !owners_.empty() && dice_.OneIn(2) ? dice_.Of(owners_) : NameIn(apex);
  }

  void Add(const std::string& owner, const std::string& type, const std::string& data) {
    const std::string ttl = absl::StrCat(60 + std::hash<std::string>()(owner + type) % 1000);
    zone_->lines.push_back(absl::StrCat(owner, " ", ttl, " ", type, " ", data));
    if (world_.sets.empty() || world_.sets.back() != std::make_pair(owner, type)) {
      world_.sets.emplace_back(owner, type);
    }
  }

  // Names of the zone being made.
  std::set<std::string>& Taken() { return taken_[zone_->apex]; }

  void MakeZone(const std::string& apex) {
    world_.zones.push_back({apex, {}});
    zone_ = &world_.zones.back();
    Taken() = {absl::AsciiStrToLower(apex)};
    world_.names.push_back(apex);
    Add(apex, "SOA",
        absl::StrCat(Target(apex), " admin.example. ", dice_.Pick(100), " 7200 900 1209600 ",
                     60 + dice_.Pick(600)));
    Add(apex, "NS", "ns0.example.");
    for (size_t more = dice_.Pick(3); more > 0; --more) AddApexHost(apex, more);
    if (features_.dnames && dice_.OneIn(8)) return MakeDname(apex, apex);
    AddData(apex, apex);
    for (const ZoneText& other : world_.zones) {
      if (other.apex != apex && IsWithin(apex, other.apex) && !dice_.OneIn(4))
        pending_cuts_[other.apex].push_back(apex);
    }
    for (size_t count = 1 + dice_.Pick(dice_.OneIn(6) ? 80 : 16); count > 0; --count) MakeName(apex);
    // A parent made before its child is completed by it.
    for (ZoneText& other : world_.zones) {
      if (&other == zone_) continue;
      for (const std::string& cut : pending_cuts_[other.apex]) Delegate(other, cut);
    }
    pending_cuts_.clear();
  }

  // named takes no zone with an NS record at its apex that leads to a name of the zone without an address.
  void AddApexHost(const std::string& apex, size_t number) {
    const std::string host = Below(absl::StrCat("ns", number), dice_.OneIn(3) ? NameIn(apex) : apex);
    if (BelowDname(host) || !Taken().insert(absl::AsciiStrToLower(host)).second) return;
    owners_.push_back(host);
    world_.names.push_back(host);
    Add(apex, "NS", host);
    Add(host, "A", absl::StrCat("192.0.2.", dice_.Pick(256)));
  }

  // The cut for a zone served here too, unless something of the parent forbids it.
  void Delegate(ZoneText& parent, const std::string& cut) {
    for (const std::string& line : parent.lines) {
      const std::string owner = line.substr(0, line.find(' '));
      const bool alone = line.find(" CNAME ") != std::string::npos;
      const bool dname = line.find(" DNAME ") != std::string::npos;
      if ((alone && IsWithin(owner, cut) && IsWithin(cut, owner)) || (dname && IsWithin(cut, owner))) return;
    }
    ZoneText* const child = zone_;
    zone_ = &parent;
    AddCut(cut, parent.apex);
    zone_ = child;
  }

  bool BelowDname(const std::string& name) {
    for (const std::string& dname : dnames_[zone_->apex]) {
      if (IsWithin(name, dname)) return true;
    }
    return false;
  }

  void MakeName(const std::string& apex) {
    const std::string name =
        !owners_.empty() && dice_.OneIn(4) ? Below(dice_.Of(world_.labels), dice_.Of(owners_)) : NameIn(apex);
    if (!IsWithin(name, apex) || name.size() > kLongestName || BelowDname(name)) return;
    if (!Taken().insert(absl::AsciiStrToLower(name)).second) return;
    owners_.push_back(name);
    world_.names.push_back(name);
    const bool star = name[0] == '*';
    const size_t kind = dice_.Pick(12);
    if (kind <= 2) return Add(name, "CNAME", Target(apex));
    // RFC 4592 §4.2, §4.4: at a wildcard these have no settled meaning.
    if (kind == 3 && features_.dnames && !star) return MakeDname(name, apex);
    if (kind <= 5 && features_.cuts && !star) return AddCut(name, apex);
    AddData(name, apex);
  }

  // RFC 6672 §2.4: nothing may lie below it.
  void MakeDname(const std::string& name, const std::string& apex) {
    for (const std::string& other : Taken()) {
      if (other != absl::AsciiStrToLower(name) && IsWithin(other, name)) return AddData(name, apex);
    }
    dnames_[zone_->apex].push_back(name);
    Add(name, "DNAME",
        dice_.OneIn(6) ? std::string(kLongestLabel, 'y') + "." + std::string(kLongestLabel, 'z') + ".example."
                       : DnameTarget(name, apex));
    if (dice_.OneIn(3)) Add(name, "A", absl::StrCat("192.0.2.", dice_.Pick(256)));
  }

  // Names below it should be there, if there are any.
  std::string DnameTarget(const std::string& name, const std::string& apex) {
    if (owners_.empty() || dice_.OneIn(2)) return Target(apex);
    const std::string& owner = dice_.Of(owners_);
    const size_t dot = owner.find('.');
    const bool parent = dot != std::string::npos && owner.find('\\') == std::string::npos;
    const std::string target = parent ? owner.substr(dot + 1) : owner;
    return IsWithin(target, name) ? Target(apex) : target;
  }

  void AddCut(const std::string& name, const std::string& apex) {
    std::set<std::string> targets;
    const size_t count = features_.large && dice_.OneIn(4) ? 13 : 1 + dice_.Pick(3);
    for (size_t i = 0; i < count; ++i) {
      targets.insert(dice_.OneIn(3) ? Target(apex) : Below(absl::StrCat("ns", i), name));
    }
    for (const std::string& target : targets) Add(name, "NS", target);
    for (const std::string& target : targets) AddGlue(target, apex);
    if (dice_.OneIn(2)) Add(name, "DS", RandomData("DS", "", dice_));
    // Occluded, unless it is glue.
    if (dice_.OneIn(4)) AddData(name, apex);
  }

  void AddGlue(const std::string& host, const std::string& apex) {
    if (host.back() == '.' || !IsWithin(host, apex) || BelowDname(host) || dice_.OneIn(4)) return;
    if (!Taken().insert(absl::AsciiStrToLower(host)).second) return;
    world_.names.push_back(host);
    if (!dice_.OneIn(4)) Add(host, "A", absl::StrCat("192.0.2.", dice_.Pick(256)));
    if (!dice_.OneIn(2)) Add(host, "AAAA", absl::StrCat("2001:db8::", dice_.Pick(256)));
  }

  std::set<std::string> RandomValues(const std::string& type, const std::string& apex) {
    std::set<std::string> values;
    std::set<std::string> targets;
    const size_t most = !features_.large || !dice_.OneIn(4) ? 3 : HasTarget(type) ? 12 : 60;
    for (size_t count = 1 + dice_.Pick(most); count > 0; --count) {
      const std::string target = Target(apex);
      // Knot 3.2 hangs over a set that names a host with many addresses twice.
      const bool again = HasTarget(type) && !targets.insert(target).second;
      if (!again || !features_.large) values.insert(RandomData(type, target, dice_));
    }
    return values;
  }

  void AddData(const std::string& name, const std::string& apex) {
    for (size_t types = 1 + dice_.Pick(3); types > 0; --types) {
      const std::string type = RandomDataType(dice_);
      const std::set<std::string> values = RandomValues(type, apex);
      const bool known =
          std::find(world_.sets.begin(), world_.sets.end(), std::make_pair(name, type)) != world_.sets.end();
      if (known) continue;
      for (const std::string& value : values) Add(name, type, value);
    }
  }

  Dice& dice_;
  WorldText world_;
  Features features_;
  ZoneText* zone_ = nullptr;
  // By zone; in lower case.
  std::map<std::string, std::set<std::string>> taken_;
  std::map<std::string, std::vector<std::string>> dnames_;
  // Of all zones so far.
  std::vector<std::string> owners_;
  std::map<std::string, std::vector<std::string>> pending_cuts_;
};

}  // namespace

std::string Below(const std::string& label, const std::string& name) {
  return name == "@" ? label : absl::StrCat(label, ".", name);
}

WorldText MakeWorld(Dice& dice) { return Maker(dice).Make(); }

}  // namespace quartet::differential
