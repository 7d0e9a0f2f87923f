#include "dns/rdata/random_record_data.h"

#include <string>
#include <utility>

#include "dns/base/check.h"
#include "dns/rdata/layout.h"

namespace quartet::dns {
namespace {

constexpr Type kTypes[] = {
    Type::kA,
    Type::kNs,
    Type::kCname,
    Type::kSoa,
    Type::kPtr,
    Type::kMx,
    Type::kTxt,
    Type::kSig,
    Type::kKey,
    Type::kAaaa,
    Type::kNxt,
    Type::kSrv,
    Type::kNaptr,
    Type::kDname,
    Type::kDs,
    Type::kSshfp,
    Type::kRrsig,
    Type::kNsec,
    Type::kDnskey,
    Type::kNsec3,
    Type::kTlsa,
    Type::kCds,
    Type::kNsec3param,
    Type::kCdnskey,
    Type::kSvcb,
    Type::kHttps,
    Type::kSpf,
    Type::kCaa,
    static_cast<Type>(13),
    static_cast<Type>(17),
    static_cast<Type>(18),
    static_cast<Type>(36),
    static_cast<Type>(107),
    static_cast<Type>(65280),
    static_cast<Type>(65281),
};

std::string Octets(size_t count, std::mt19937& random) {
  std::string octets(count, '\0');
  for (char& c : octets) c = static_cast<char>(random());
  return octets;
}

std::string CharacterString(std::mt19937& random) {
  const size_t length = random() % 16 == 0 ? 255 : random() % 8;
  return static_cast<char>(length) + Octets(length, random);
}

std::string CharacterStrings(std::mt19937& random) {
  std::string strings;
  for (size_t left = 1 + random() % 3; left > 0; --left) strings += CharacterString(random);
  return strings;
}

std::string Param(uint8_t key, const std::string& value) {
  return std::string{'\0', static_cast<char>(key), '\0', static_cast<char>(value.size())} + value;
}

std::string ServiceParams(std::mt19937& random) {
  std::string params;
  const bool alpn = random() % 2 == 0;
  const bool port = random() % 2 == 0;
  if (port && random() % 2 == 0) params += Param(0, std::string("\0\3", 2));
  if (alpn) params += Param(1, random() % 2 == 0 ? "\2h2" : "\2h3\5h,\\\"\1");
  if (alpn && random() % 2 == 0) params += Param(2, "");
  if (port) params += Param(3, Octets(2, random));
  if (random() % 2 == 0) params += Param(4, Octets(4 * (1 + random() % 3), random));
  if (random() % 4 == 0) params += Param(5, Octets(1 + random() % 20, random));
  if (random() % 2 == 0) params += Param(6, Octets(16 * (1 + random() % 3), random));
  if (random() % 4 == 0) params += Param(99, Octets(random() % 20, random));
  return params;
}

std::string TypeBitmap(std::mt19937& random) {
  std::string bitmap("\0\6\x40\x01\x00\x08\x00\x03", 8);
  if (random() % 2 == 0) bitmap += std::string("\1\1", 2) + static_cast<char>(1 + random() % 255);
  return bitmap;
}

std::string FieldOctets(Field field, std::mt19937& random) {
  switch (field) {
    case Field::kEnd:
      return "";
    case Field::kU8:
      return Octets(1, random);
    case Field::kU16:
      return Octets(2, random);
    case Field::kU32:
    case Field::kIpv4:
      return Octets(4, random);
    case Field::kIpv6:
      return Octets(16, random);
    case Field::kName: {
      const Name name = RandomName(random);
      return std::string(name.wire().begin(), name.wire().end());
    }
    case Field::kCharacterString:
      return CharacterString(random);
    case Field::kCharacterStrings:
      return CharacterStrings(random);
    case Field::kTypeBitmap:
      return TypeBitmap(random);
    case Field::kServiceParams:
      return ServiceParams(random);
    case Field::kRest:
      return Octets(random() % 40, random);
    case Field::kSomeRest:
      return Octets(1 + random() % 40, random);
  }
  return "";
}

// Types whose data asks for more than its layout.
std::string Particular(Type type, std::mt19937& random) {
  const bool longer = random() % 2 == 0;
  const char kind = longer ? '\2' : '\1';
  switch (type) {
    case Type::kDs:
    case Type::kCds:
      return Octets(3, random) + kind + Octets(longer ? 32 : 20, random);
    case Type::kSshfp:
      return Octets(1, random) + kind + Octets(longer ? 32 : 20, random);
    case Type::kTlsa:
      return Octets(2, random) + kind + Octets(longer ? 64 : 32, random);
    case Type::kCaa:
      return Octets(1, random) + (longer ? "\5issue" : "\11issueWild") + Octets(random() % 40, random);
    default:
      return "";
  }
}

}  // namespace

Name RandomName(std::mt19937& random) {
  static constexpr absl::string_view kLabels[] = {"a",       "A",   "www", "WwW", "example",
                                                  "Example", "com", "*",   "_sip"};
  Name name;
  for (size_t left = random() % 6; left > 0; --left) {
    absl::StatusOr<Name> below = random() % 8 == 0 ? name.Prepend(Octets(1 + random() % 63, random))
                                                   : name.Prepend(kLabels[random() % std::size(kLabels)]);
    if (below.ok()) name = *std::move(below);
  }
  return name;
}

RecordData RandomRecordData(Type type, std::mt19937& random) {
  std::string wire = Particular(type, random);
  const Layout* layout = FindLayout(type);
  if (layout == nullptr) wire = Octets(random() % 64, random);
  if (wire.empty() && layout != nullptr) {
    for (Field field : layout->fields) wire += FieldOctets(field, random);
  }
  absl::StatusOr<RecordData> data =
      RecordData::FromWire(type, {reinterpret_cast<const uint8_t*>(wire.data()), wire.size()});
  QUARTET_CHECK(data.ok());
  return *std::move(data);
}

std::span<const Type> TypesForTests() { return kTypes; }

}  // namespace quartet::dns
