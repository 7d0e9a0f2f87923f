#include "dns/rdata/service_params.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace quartet::dns {
namespace {

using Bytes = std::span<const uint8_t>;

uint16_t ReadU16(Bytes data) { return static_cast<uint16_t>(data[0] << 8 | data[1]); }

absl::Status Error(ServiceKey key, absl::string_view what) {
  return absl::InvalidArgumentError(
      absl::StrCat("service parameter key", static_cast<uint16_t>(key), ": ", what));
}

bool HasKey(Bytes params, ServiceKey key) {
  ServiceParam param;
  while (TakeServiceParam(params, param)) {
    if (param.key == key) return true;
  }
  return false;
}

// RFC 9460 §8. Both the list and the keys that are there ascend, so one pass in step over both is enough.
absl::Status CheckMandatory(Bytes list, Bytes params) {
  if (list.empty() || list.size() % 2 != 0) return Error(ServiceKey::kMandatory, "not a list of keys");
  int last = 0;  // key 0, mandatory itself, must not be listed
  ServiceParam present{ServiceKey::kMandatory, {}};
  for (size_t at = 0; at < list.size(); at += 2) {
    const int key = ReadU16(list.subspan(at));
    if (key <= last) return Error(ServiceKey::kMandatory, "listed keys must ascend and not name mandatory");
    last = key;
    while (static_cast<int>(present.key) < key && TakeServiceParam(params, present)) {
    }
    if (static_cast<int>(present.key) != key) {
      return Error(ServiceKey::kMandatory, absl::StrCat("lists key", key, ", which is absent"));
    }
  }
  return absl::OkStatus();
}

// RFC 9460 §7.1.1: one or more protocol ids, none empty.
absl::Status CheckAlpn(Bytes ids) {
  if (ids.empty()) return Error(ServiceKey::kAlpn, "no protocol id");
  while (!ids.empty()) {
    const size_t length = ids[0];
    if (length == 0) return Error(ServiceKey::kAlpn, "empty protocol id");
    if (length > ids.size() - 1) return Error(ServiceKey::kAlpn, "protocol id ends early");
    ids = ids.subspan(1 + length);
  }
  return absl::OkStatus();
}

absl::Status CheckAddresses(ServiceKey key, Bytes value, size_t size) {
  if (value.empty() || value.size() % size != 0) return Error(key, "not a list of addresses");
  return absl::OkStatus();
}

absl::Status CheckValue(const ServiceParam& param, Bytes all) {
  switch (param.key) {
    case ServiceKey::kMandatory:
      return CheckMandatory(param.value, all);
    case ServiceKey::kAlpn:
      return CheckAlpn(param.value);
    case ServiceKey::kNoDefaultAlpn:
      if (!param.value.empty()) return Error(param.key, "takes no value");
      if (!HasKey(all, ServiceKey::kAlpn)) return Error(param.key, "no-default-alpn without alpn");
      return absl::OkStatus();
    case ServiceKey::kPort:
      return param.value.size() == 2 ? absl::OkStatus() : Error(param.key, "a port is two octets");
    case ServiceKey::kIpv4Hint:
      return CheckAddresses(param.key, param.value, 4);
    case ServiceKey::kIpv6Hint:
      return CheckAddresses(param.key, param.value, 16);
    case ServiceKey::kEch:
      return param.value.empty() ? Error(param.key, "empty value") : absl::OkStatus();
    case ServiceKey::kInvalid:
      return Error(param.key, "reserved as invalid");
    default:
      return absl::OkStatus();
  }
}

}  // namespace

bool TakeServiceParam(std::span<const uint8_t>& params, ServiceParam& param) {
  if (params.size() < 4) return false;
  const size_t length = ReadU16(params.subspan(2));
  if (length > params.size() - 4) return false;
  param = {static_cast<ServiceKey>(ReadU16(params)), params.subspan(4, length)};
  params = params.subspan(4 + length);
  return true;
}

absl::Status CheckServiceParams(std::span<const uint8_t> params) {
  int last = -1;
  ServiceParam param;
  // Order and lengths first: the checks of values rely on them.
  for (Bytes rest = params; !rest.empty();) {
    if (!TakeServiceParam(rest, param)) return absl::InvalidArgumentError("service parameter ends early");
    if (static_cast<int>(param.key) <= last) return Error(param.key, "keys must strictly ascend");
    last = static_cast<int>(param.key);
  }
  for (Bytes rest = params; TakeServiceParam(rest, param);) {
    if (absl::Status value = CheckValue(param, params); !value.ok()) return value;
  }
  return absl::OkStatus();
}

}  // namespace quartet::dns
