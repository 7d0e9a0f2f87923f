#include "dns/rdata/type_fields.h"

namespace quartet::dns {
namespace {

constexpr FieldSpec kA[] = {{TextField::kIpv4, "address"}};
constexpr FieldSpec kAaaa[] = {{TextField::kIpv6, "address"}};
constexpr FieldSpec kHost[] = {{TextField::kName, "host name"}};
constexpr FieldSpec kTarget[] = {{TextField::kName, "target"}};
constexpr FieldSpec kSoa[] = {{TextField::kName, "primary name server"},
                              {TextField::kName, "mailbox"},
                              {TextField::kU32, "serial"},
                              {TextField::kSeconds, "refresh"},
                              {TextField::kSeconds, "retry"},
                              {TextField::kSeconds, "expire"},
                              {TextField::kSeconds, "minimum"}};
constexpr FieldSpec kPreferenceHost[] = {{TextField::kU16, "preference"}, {TextField::kName, "host name"}};
constexpr FieldSpec kTxt[] = {{TextField::kStrings, "text"}};
constexpr FieldSpec kSrv[] = {{TextField::kU16, "priority"},
                              {TextField::kU16, "weight"},
                              {TextField::kU16, "port"},
                              {TextField::kName, "target"}};
constexpr FieldSpec kNaptr[] = {{TextField::kU16, "order"},     {TextField::kU16, "preference"},
                                {TextField::kString, "flags"},  {TextField::kString, "services"},
                                {TextField::kString, "regexp"}, {TextField::kName, "replacement"}};
constexpr FieldSpec kDs[] = {{TextField::kU16, "key tag"},
                             {TextField::kAlgorithm, "algorithm"},
                             {TextField::kU8, "digest type"},
                             {TextField::kHex, "digest"}};
constexpr FieldSpec kDnskey[] = {{TextField::kU16, "flags"},
                                 {TextField::kU8, "protocol"},
                                 {TextField::kAlgorithm, "algorithm"},
                                 {TextField::kBase64, "public key"}};
constexpr FieldSpec kSshfp[] = {
    {TextField::kU8, "algorithm"}, {TextField::kU8, "type"}, {TextField::kHex, "fingerprint"}};
constexpr FieldSpec kTlsa[] = {{TextField::kU8, "usage"},
                               {TextField::kU8, "selector"},
                               {TextField::kU8, "matching type"},
                               {TextField::kHex, "certificate data"}};
constexpr FieldSpec kRrsig[] = {{TextField::kType, "type covered"}, {TextField::kAlgorithm, "algorithm"},
                                {TextField::kU8, "labels"},         {TextField::kSeconds, "original TTL"},
                                {TextField::kTime, "expiration"},   {TextField::kTime, "inception"},
                                {TextField::kU16, "key tag"},       {TextField::kName, "signer"},
                                {TextField::kBase64, "signature"}};
constexpr FieldSpec kNsec[] = {{TextField::kName, "next name"}, {TextField::kTypes, "types"}};
constexpr FieldSpec kNsec3[] = {{TextField::kU8, "hash algorithm"}, {TextField::kU8, "flags"},
                                {TextField::kU16, "iterations"},    {TextField::kSalt, "salt"},
                                {TextField::kHash, "next hash"},    {TextField::kTypes, "types"}};
constexpr FieldSpec kNsec3param[] = {{TextField::kU8, "hash algorithm"},
                                     {TextField::kU8, "flags"},
                                     {TextField::kU16, "iterations"},
                                     {TextField::kSalt, "salt"}};
constexpr FieldSpec kSvcb[] = {
    {TextField::kU16, "priority"}, {TextField::kName, "target"}, {TextField::kSvcParams, "parameters"}};
constexpr FieldSpec kCaa[] = {
    {TextField::kU8, "flags"}, {TextField::kTag, "tag"}, {TextField::kLongString, "value"}};

constexpr FieldSpec kHinfo[] = {{TextField::kString, "CPU"}, {TextField::kString, "operating system"}};
constexpr FieldSpec kRp[] = {{TextField::kName, "mailbox"}, {TextField::kName, "text name"}};
constexpr FieldSpec kLoc[] = {{TextField::kLocation, "location"}};
constexpr FieldSpec kCert[] = {{TextField::kCertType, "certificate type"},
                               {TextField::kU16, "key tag"},
                               {TextField::kAlgorithm, "algorithm"},
                               {TextField::kBase64, "certificate"}};
constexpr FieldSpec kBlob[] = {{TextField::kBase64, "data"}};
constexpr FieldSpec kCsync[] = {
    {TextField::kU32, "serial"}, {TextField::kU16, "flags"}, {TextField::kTypes, "types"}};
constexpr FieldSpec kZonemd[] = {{TextField::kU32, "serial"},
                                 {TextField::kU8, "scheme"},
                                 {TextField::kU8, "hash algorithm"},
                                 {TextField::kHex, "digest"}};
constexpr FieldSpec kUri[] = {
    {TextField::kU16, "priority"}, {TextField::kU16, "weight"}, {TextField::kLongString, "target"}};

// Types without a name in type.h, by their numbers in the IANA registry.
std::span<const FieldSpec> FieldsOfOther(Type type) {
  switch (static_cast<uint16_t>(type)) {
    case 13:  // HINFO
      return kHinfo;
    case 17:  // RP
      return kRp;
    case 18:  // AFSDB
    case 36:  // KX
      return kPreferenceHost;
    case 29:  // LOC
      return kLoc;
    case 37:  // CERT
      return kCert;
    case 49:  // DHCID
    case 61:  // OPENPGPKEY
      return kBlob;
    case 53:  // SMIMEA
      return kTlsa;
    case 62:  // CSYNC
      return kCsync;
    case 63:  // ZONEMD
      return kZonemd;
    case 256:  // URI
      return kUri;
    default:
      return {};
  }
}

std::span<const FieldSpec> FieldsOfDnssec(Type type) {
  switch (type) {
    case Type::kDs:
    case Type::kCds:
      return kDs;
    case Type::kKey:
    case Type::kDnskey:
    case Type::kCdnskey:
      return kDnskey;
    case Type::kSig:
    case Type::kRrsig:
      return kRrsig;
    case Type::kNsec:
      return kNsec;
    case Type::kNsec3:
      return kNsec3;
    case Type::kNsec3param:
      return kNsec3param;
    default:
      return FieldsOfOther(type);
  }
}

}  // namespace

std::span<const FieldSpec> FieldsOf(Type type) {
  switch (type) {
    case Type::kA:
      return kA;
    case Type::kAaaa:
      return kAaaa;
    case Type::kNs:
    case Type::kPtr:
      return kHost;
    case Type::kCname:
    case Type::kDname:
      return kTarget;
    case Type::kSoa:
      return kSoa;
    case Type::kMx:
      return kPreferenceHost;
    case Type::kTxt:
    case Type::kSpf:
      return kTxt;
    case Type::kSrv:
      return kSrv;
    case Type::kNaptr:
      return kNaptr;
    case Type::kSshfp:
      return kSshfp;
    case Type::kTlsa:
      return kTlsa;
    case Type::kSvcb:
    case Type::kHttps:
      return kSvcb;
    case Type::kCaa:
      return kCaa;
    default:
      return FieldsOfDnssec(type);
  }
}

}  // namespace quartet::dns
