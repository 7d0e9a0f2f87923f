#include "tests/sandbox_registry/rows.h"

#include <limits>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "dns/base/check.h"
#include "replication/replica/layout.h"

namespace quartet::sandbox {
namespace {

using replication::layout::BigEndian64;
using replication::layout::ReadBigEndian64;

constexpr size_t kAll = std::numeric_limits<size_t>::max();

std::string Pair(char kind, absl::string_view first, absl::string_view second) {
  return absl::StrCat(absl::string_view(&kind, 1), first, absl::string_view("\0", 1), second);
}

// A host lies below the domain that is its last two labels.
std::string Superordinate(absl::string_view host) {
  const size_t tld = host.rfind('.');
  if (tld == absl::string_view::npos || tld == 0) return "";
  const size_t dot = host.rfind('.', tld - 1);
  return std::string(dot == absl::string_view::npos ? host : host.substr(dot + 1));
}

}  // namespace

template <typename Row>
std::optional<Row> Rows::Find(char kind, absl::string_view key) const {
  const absl::StatusOr<std::optional<std::string>> value =
      overlay_.Get(absl::StrCat(absl::string_view(&kind, 1), key));
  QUARTET_CHECK(value.ok());
  if (!value->has_value()) return std::nullopt;
  Row row;
  QUARTET_CHECK(row.ParseFromString(**value));
  return row;
}
template std::optional<Domain> Rows::Find(char, absl::string_view) const;
template std::optional<Host> Rows::Find(char, absl::string_view) const;
template std::optional<Contact> Rows::Find(char, absl::string_view) const;

void Rows::Put(char kind, absl::string_view key, const std::string& value) {
  overlay_.Put(absl::StrCat(absl::string_view(&kind, 1), key), value);
}

void Rows::Put(const Domain& domain, const Domain* before) {
  if (before != nullptr) PutIndexes(*before, false);
  PutIndexes(domain, true);
  Put('d', domain.name(), domain.SerializeAsString());
}

void Rows::Remove(const Domain& domain) {
  PutIndexes(domain, false);
  overlay_.Delete(absl::StrCat("d", domain.name()));
}

void Rows::PutIndexes(const Domain& domain, bool there) {
  const auto set = [&](const std::string& key) { there ? overlay_.Put(key, "") : overlay_.Delete(key); };
  for (const std::string& host : domain.hosts()) set(Pair('l', host, domain.name()));
  for (const DomainContact& contact : domain.contacts()) set(Pair('u', contact.id(), domain.name()));
  if (!domain.registrant().empty()) set(Pair('u', domain.registrant(), domain.name()));
  const int64_t transfer_us = domain.transfer().status() == "pending" ? domain.transfer().act_us() : 0;
  for (const int64_t due_us : {domain.purge_us(), domain.pending_create_us(), transfer_us}) {
    if (due_us != 0) set(absl::StrCat("p", BigEndian64(static_cast<uint64_t>(due_us)), domain.name()));
  }
}

void Rows::Put(const Host& host) {
  overlay_.Put(Pair('s', Superordinate(host.name()), host.name()), "");
  Put('h', host.name(), host.SerializeAsString());
}

void Rows::Remove(const Host& host) {
  overlay_.Delete(Pair('s', Superordinate(host.name()), host.name()));
  overlay_.Delete(absl::StrCat("h", host.name()));
}

std::vector<std::string> Rows::Behind(const std::string& prefix, size_t limit) const {
  std::vector<std::string> found;
  std::unique_ptr<store::Iterator> it = overlay_.Scan(prefix, store::PrefixEnd(prefix));
  for (; it->Valid() && found.size() < limit; it->Next()) found.emplace_back(it->key().substr(prefix.size()));
  QUARTET_CHECK(it->status().ok());
  return found;
}

bool Rows::IsLinked(absl::string_view host, absl::string_view except) const {
  for (const std::string& domain : Behind(Pair('l', host, ""), 2)) {
    if (domain != except) return true;
  }
  return false;
}

bool Rows::IsContactUsed(absl::string_view contact) const {
  return !Behind(Pair('u', contact, ""), 1).empty();
}

std::vector<std::string> Rows::HostsBelow(absl::string_view domain) const {
  return Behind(Pair('s', domain, ""), kAll);
}

void Rows::Add(absl::string_view client, Message message) {
  message.set_id(NextNumber());
  overlay_.Put(Pair('m', client, BigEndian64(message.id())), message.SerializeAsString());
}

std::optional<Message> Rows::FirstMessage(absl::string_view client, uint64_t& count) const {
  const std::string prefix = Pair('m', client, "");
  count = Behind(prefix, kAll).size();
  std::unique_ptr<store::Iterator> it = overlay_.Scan(prefix, store::PrefixEnd(prefix));
  if (!it->Valid()) return std::nullopt;
  Message message;
  QUARTET_CHECK(message.ParseFromArray(it->value().data(), static_cast<int>(it->value().size())));
  return message;
}

bool Rows::RemoveMessage(absl::string_view client, uint64_t id) {
  const std::string key = Pair('m', client, BigEndian64(id));
  const absl::StatusOr<std::optional<std::string>> value = overlay_.Get(key);
  QUARTET_CHECK(value.ok());
  overlay_.Delete(key);
  return value->has_value();
}

std::vector<std::string> Rows::DueDomains(int64_t now_us) const {
  std::vector<std::string> names;
  std::unique_ptr<store::Iterator> it =
      overlay_.Scan("p", absl::StrCat("p", BigEndian64(static_cast<uint64_t>(now_us) + 1)));
  for (; it->Valid(); it->Next()) names.emplace_back(it->key().substr(9));
  return names;
}

std::vector<Domain> Rows::DomainsUnder(absl::string_view tld) const {
  std::vector<Domain> domains;
  const std::string suffix = absl::StrCat(".", tld);
  std::unique_ptr<store::Iterator> it = overlay_.Scan("d", "e");
  for (; it->Valid(); it->Next()) {
    const absl::string_view name = it->key().substr(1);
    if (name.size() <= suffix.size() || name.substr(name.size() - suffix.size()) != suffix) continue;
    QUARTET_CHECK(
        domains.emplace_back().ParseFromArray(it->value().data(), static_cast<int>(it->value().size())));
  }
  return domains;
}

uint64_t Rows::NextNumber() {
  const absl::StatusOr<std::optional<std::string>> value = overlay_.Get("n");
  QUARTET_CHECK(value.ok());
  const uint64_t number = (value->has_value() ? ReadBigEndian64(**value) : 0) + 1;
  overlay_.Put("n", BigEndian64(number));
  return number;
}

void Rows::Commit() {
  if (!batch_.empty()) QUARTET_CHECK(store_.Write(batch_, store::Store::Sync::kYes).ok());
}

}  // namespace quartet::sandbox
