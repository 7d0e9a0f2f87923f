#include "controller/zones/zone_settings.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "controller/sequencer/ids.h"
#include "controller/zones/batch_conditions.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_edit.h"
#include "controller/zones/zone_founding.h"
#include "dns/base/check.h"
#include "dns/rdata/field_text.h"
#include "dns/rdata/record_data.h"
#include "dns/record_set/record_set.h"
#include "dns/zonefile/missing_dot.h"
#include "replication/replica/full_view.h"

namespace quartet::controller {
namespace {

using admin::v1::UpdateZoneRequest;
using dns::Type;
using Kind = FaultList::Kind;

constexpr uint32_t kMaxSeconds = dns::RecordSet::kMaxTtl;

// A mailbox as it is written in a SOA: an address has its first label made of all that is before the "@" (RFC 1035 §8).
// Empty: it is neither.
std::string MailboxName(absl::string_view text) {
  const std::pair<absl::string_view, absl::string_view> parts = absl::StrSplit(text, absl::MaxSplits('@', 1));
  if (!absl::StrContains(text, '@')) return std::string(text);
  if (parts.first.empty() || parts.second.empty() || absl::StrContains(parts.second, '@')) return "";
  return absl::StrCat(absl::StrReplaceAll(parts.first, {{".", "\\."}}), ".",
                      absl::StripSuffix(parts.second, "."), ".");
}

class SettingsReader {
 public:
  SettingsReader(const UpdateZoneRequest& request, const dns::Name& apex, Warnings& warnings)
      : request_(request), apex_(apex), warnings_(warnings) {}

  absl::StatusOr<ZoneSettings> Read() {
    settings_.if_revision = request_.if_revision();
    ReadComment();
    ReadHostmaster();
    if (request_.has_refresh()) settings_.refresh = Seconds("refresh", request_.refresh(), 1, kMaxSeconds);
    if (request_.has_retry()) settings_.retry = Seconds("retry", request_.retry(), 1, kMaxSeconds);
    if (request_.has_expire()) settings_.expire = Seconds("expire", request_.expire(), 1, kMaxSeconds);
    if (request_.has_minimum())
      settings_.minimum = Seconds("minimum", request_.minimum(), 0, kMaxNegativeTtl);
    if (request_.has_soa_ttl()) settings_.soa_ttl = Ttl(Type::kSoa, request_.soa_ttl(), 0, kMaxSeconds);
    if (request_.has_serial()) settings_.serial = request_.serial();
    if (request_.has_ns_ttl()) settings_.ns_ttl = Ttl(Type::kNs, request_.ns_ttl(), kMinNsTtl, kMaxNsTtl);
    if (!faults_.empty()) return faults_.ToStatus();
    if (settings_.comment.has_value() || settings_.change_soa() || settings_.ns_ttl.has_value()) {
      return std::move(settings_);
    }
    faults_.Add(Kind::kForm, "", "", "nothing-set",
                "nothing is set: a comment, a field of the SOA, or a TTL has to be");
    return faults_.ToStatus();
  }

 private:
  void Fault(Type type, absl::string_view rule, const std::string& message) {
    faults_.Add(Kind::kForm, apex_.ToString(), dns::TypeName(type), rule, message);
  }

  void ReadComment() {
    if (!request_.has_comment()) return;
    settings_.comment = request_.comment();
    if (request_.comment().size() <= kMaxZoneComment) return;
    faults_.Add(Kind::kForm, "", "", "comment-too-long",
                absl::StrCat("the comment has ", request_.comment().size(), " bytes, and ", kMaxZoneComment,
                             " are the most"));
  }

  void ReadHostmaster() {
    if (!request_.has_hostmaster()) return;
    const std::string text = MailboxName(request_.hostmaster());
    dns::TextToken token;
    token.raw = text;
    const absl::StatusOr<dns::Name> name = dns::ParseNameToken(token, apex_);
    if (!name.ok() || name->is_root()) {
      return Fault(Type::kSoa, "bad-hostmaster",
                   absl::StrCat("the hostmaster: ", name.ok() ? "it is missing" : name.status().message(),
                                "; write hostmaster.example.com. or hostmaster@example.com"));
    }
    settings_.hostmaster = *name;
    if (dns::MissingDot(apex_).ValueLooksAbsolute(text)) {
      WarnOfDot(apex_.ToString(), "SOA", text, apex_, warnings_);
    }
  }

  // Those out of bounds are faults, and nobody sees their values.
  uint32_t Seconds(absl::string_view field, uint32_t value, uint32_t least, uint32_t most) {
    if (value < least || value > most) {
      Fault(Type::kSoa, "bad-soa-field",
            absl::StrCat("the SOA's ", field, " is ", value, " seconds; ", least, " to ", most, " may be"));
    }
    return value;
  }

  uint32_t Ttl(Type type, uint32_t value, uint32_t least, uint32_t most) {
    if (value < least || value > most) {
      Fault(type, "bad-ttl",
            absl::StrCat("the TTL of the zone's ", dns::TypeName(type), " is ", value, " seconds; ", least,
                         " to ", most, " may be"));
    }
    return value;
  }

  const UpdateZoneRequest& request_;
  const dns::Name& apex_;
  Warnings& warnings_;
  ZoneSettings settings_;
  FaultList faults_;
};

// The SOA as it is to be. Faults are of the zone as it would be: what is not set is as it was.
dns::Soa SoaToBe(dns::Soa soa, const ZoneSettings& settings, const dns::Name& apex, FaultList& faults) {
  const uint32_t present = soa.serial;
  if (settings.hostmaster.has_value()) soa.rname = *settings.hostmaster;
  soa.refresh = settings.refresh.value_or(soa.refresh);
  soa.retry = settings.retry.value_or(soa.retry);
  soa.expire = settings.expire.value_or(soa.expire);
  soa.minimum = settings.minimum.value_or(soa.minimum);
  // RFC 1982 §3.1: addition modulo 2^32.
  soa.serial = settings.serial.value_or(present + 1);
  const auto fault = [&](absl::string_view rule, const std::string& message) {
    faults.Add(Kind::kRule, apex.ToString(), "SOA", rule, message);
  };
  if (!dns::SerialLess(present, soa.serial)) {
    fault("serial-not-ahead", absl::StrCat("the serial ", soa.serial, " is not ahead of the present one, ",
                                           present, "; ", present + 1, " to ", present + 0x7fffffffu,
                                           present + 0x7fffffffu < present ? ", past 4294967295 and 0," : "",
                                           " would be (RFC 1982 §3.2)"));
  }
  if (soa.expire <= soa.retry || soa.expire <= soa.refresh) {
    fault("expire-too-short",
          absl::StrCat("the SOA's expire would be ", soa.expire, " seconds: it must be over its refresh (",
                       soa.refresh, ") and its retry (", soa.retry, "), or secondaries give the zone up ",
                       "before they ask again (RFC 1912 §2.2)"));
  }
  return soa;
}

absl::Status PutSoa(ZoneEdit& edit, const ZoneSettings& settings, FaultList& faults) {
  const absl::StatusOr<OwnRecordSet> own =
      ReadOwn(edit.before(), edit.zone_id(), edit.generation(), edit.apex(), Type::kSoa);
  if (!own.ok()) return own.status();
  const dns::Soa soa =
      SoaToBe(dns::ReadSoa(own->record_set.records().front()), settings, edit.apex(), faults);
  if (!faults.empty()) return absl::OkStatus();
  const absl::StatusOr<dns::RecordSet> set = dns::RecordSet::Create(
      own->record_set.owner(), settings.soa_ttl.value_or(own->record_set.ttl()), {dns::MakeSoa(soa)});
  QUARTET_CHECK(set.ok());
  return edit.PutSoa(*set, own->control);
}

absl::Status PutNs(ZoneEdit& edit, uint32_t ttl) {
  const absl::StatusOr<OwnRecordSet> own =
      ReadOwn(edit.before(), edit.zone_id(), edit.generation(), edit.apex(), Type::kNs);
  if (!own.ok()) return own.status();
  const absl::StatusOr<dns::RecordSet> set =
      dns::RecordSet::Create(own->record_set.owner(), ttl, own->record_set.records());
  QUARTET_CHECK(set.ok());
  return edit.Put(*set, own->control);
}

}  // namespace

bool ZoneSettings::change_soa() const {
  return hostmaster.has_value() || refresh.has_value() || retry.has_value() || expire.has_value() ||
         minimum.has_value() || soa_ttl.has_value() || serial.has_value();
}

absl::StatusOr<ZoneSettings> ReadSettings(const UpdateZoneRequest& request, const dns::Name& apex,
                                          Warnings& warnings) {
  return SettingsReader(request, apex, warnings).Read();
}

absl::StatusOr<Plan> PlanSettings(const PlanContext& context, const std::string& zone_id,
                                  const ZoneSettings& settings) {
  absl::StatusOr<stored::v1::ZoneRow> row = ActiveZone(context.view, zone_id);
  if (!row.ok()) return row.status();
  if (absl::Status status = CheckRevision(*row, settings.if_revision); !status.ok()) return status;
  if (settings.comment.has_value()) row->set_comment(*settings.comment);
  absl::StatusOr<std::unique_ptr<ZoneEdit>> edit = ZoneEdit::Of(context, *row);
  if (!edit.ok()) return edit.status();
  FaultList faults;
  if (settings.change_soa()) {
    if (absl::Status status = PutSoa(**edit, settings, faults); !status.ok()) return status;
    if (!faults.empty()) return faults.ToStatus();
  }
  if (settings.ns_ttl.has_value()) {
    if (absl::Status status = PutNs(**edit, *settings.ns_ttl); !status.ok()) return status;
  }
  return (*edit)->Finish(NewChangeId(context.random));
}

absl::Status ShowSettings(const store::Reader& reader, const stored::v1::ZoneRow& row,
                          admin::v1::Zone& zone) {
  const absl::StatusOr<dns::Name> apex = ApexOf(row);
  if (!apex.ok()) return apex.status();
  const absl::StatusOr<uint64_t> generation = replication::FullView(reader).ZoneGeneration(row.id());
  if (!generation.ok()) return generation.status();
  const absl::StatusOr<OwnRecordSet> soa_set = ReadOwn(reader, row.id(), *generation, *apex, Type::kSoa);
  if (!soa_set.ok()) return soa_set.status();
  const absl::StatusOr<OwnRecordSet> ns = ReadOwn(reader, row.id(), *generation, *apex, Type::kNs);
  if (!ns.ok()) return ns.status();
  const dns::Soa soa = dns::ReadSoa(soa_set->record_set.records().front());
  admin::v1::Soa& message = *zone.mutable_soa();
  message.set_hostmaster(soa.rname.ToString());
  message.set_refresh(soa.refresh);
  message.set_retry(soa.retry);
  message.set_expire(soa.expire);
  message.set_minimum(soa.minimum);
  message.set_ttl(soa_set->record_set.ttl());
  zone.set_ns_ttl(ns->record_set.ttl());
  return absl::OkStatus();
}

}  // namespace quartet::controller
