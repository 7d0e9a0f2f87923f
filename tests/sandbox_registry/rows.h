// The registry's objects, in a store: read and written through one transaction.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "replication/store/store.h"
#include "tests/sandbox_registry/registry.pb.h"

namespace quartet::sandbox {

// One command's reads and writes; nothing is stored before Commit. Keys:
//   d name, h name, c id      a domain, host, contact
//   l host 00 domain          a domain is delegated to a host
//   s domain 00 host          a host lies below a domain
//   u contact 00 domain       a domain has a contact
//   m client 00 u64be(id)     a message waits
//   n                         u64be: the last number given to an object or message
//   p u64be(time) domain      something of a domain is due at a time
// Not thread-safe. Ends the process if the store can't be read or written: this is a sandbox.
class Rows {
 public:
  explicit Rows(store::Store& store) : store_(store), overlay_(store, batch_) {}

  std::optional<Domain> FindDomain(absl::string_view name) const { return Find<Domain>('d', name); }
  std::optional<Host> FindHost(absl::string_view name) const { return Find<Host>('h', name); }
  std::optional<Contact> FindContact(absl::string_view id) const { return Find<Contact>('c', id); }

  // With the indexes: `before` is what is stored, or nullptr.
  void Put(const Domain& domain, const Domain* before);
  void Remove(const Domain& domain);
  void Put(const Host& host);
  void Remove(const Host& host);
  void Put(const Contact& contact) { Put('c', contact.id(), contact.SerializeAsString()); }
  void Remove(const Contact& contact) { overlay_.Delete(std::string("c") + contact.id()); }

  // Whether a domain other than `except` is delegated to the host.
  bool IsLinked(absl::string_view host, absl::string_view except = {}) const;
  bool IsContactUsed(absl::string_view contact) const;
  // Host objects below a domain.
  std::vector<std::string> HostsBelow(absl::string_view domain) const;

  void Add(absl::string_view client, Message message);
  // The first that waits, and how many do.
  std::optional<Message> FirstMessage(absl::string_view client, uint64_t& count) const;
  bool RemoveMessage(absl::string_view client, uint64_t id);

  // Domains of which something is due by then.
  std::vector<std::string> DueDomains(int64_t now_us) const;
  // All of a TLD, in order of their names.
  std::vector<Domain> DomainsUnder(absl::string_view tld) const;

  // The next number.
  uint64_t NextNumber();

  // Durable on return.
  void Commit();

 private:
  template <typename Row>
  std::optional<Row> Find(char kind, absl::string_view key) const;
  void Put(char kind, absl::string_view key, const std::string& value);
  void PutIndexes(const Domain& domain, bool there);
  // What stands behind a prefix in the keys that begin with it.
  std::vector<std::string> Behind(const std::string& prefix, size_t limit) const;

  store::Store& store_;
  store::Batch batch_;
  store::Overlay overlay_;
};

}  // namespace quartet::sandbox
