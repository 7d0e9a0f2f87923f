#include "tests/sandbox_registry/registry.h"

#include <optional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"
#include "controller/registrar/epp/xml_reader.h"
#include "tests/sandbox_registry/command_shapes.h"
#include "tests/sandbox_registry/request.h"
#include "tests/sandbox_registry/rows.h"

namespace quartet::sandbox {
namespace {

using controller::epp::kContactNamespace;
using controller::epp::kDomainNamespace;
using controller::epp::kEppNamespace;
using controller::epp::kHostNamespace;
using controller::epp::XmlDocument;
using controller::epp::XmlElement;

constexpr int kUnknownCommand = 2000;
constexpr int kSyntax = 2001;
constexpr int kUse = 2002;

bool IsKnownUri(absl::string_view uri) {
  return uri == kDomainNamespace || uri == kHostNamespace || uri == kContactNamespace;
}

bool IsKnownExtension(absl::string_view uri) {
  return uri == controller::epp::kSecDnsNamespace || uri == controller::epp::kRgpNamespace;
}

using ObjectFn = Reply (*)(Request&);

ObjectFn FindObjectFn(absl::string_view verb, absl::string_view name_space) {
  struct Entry {
    absl::string_view verb;
    absl::string_view name_space;
    ObjectFn function;
  };
  static constexpr Entry kAll[] = {
      {"check", kDomainNamespace, &CheckDomains},    {"info", kDomainNamespace, &InfoDomain},
      {"create", kDomainNamespace, &CreateDomain},   {"delete", kDomainNamespace, &DeleteDomain},
      {"renew", kDomainNamespace, &RenewDomain},     {"update", kDomainNamespace, &UpdateDomain},
      {"check", kHostNamespace, &CheckHosts},        {"info", kHostNamespace, &InfoHost},
      {"create", kHostNamespace, &CreateHost},       {"delete", kHostNamespace, &DeleteHost},
      {"update", kHostNamespace, &UpdateHost},       {"check", kContactNamespace, &CheckContacts},
      {"info", kContactNamespace, &InfoContact},     {"create", kContactNamespace, &CreateContact},
      {"delete", kContactNamespace, &DeleteContact}, {"update", kContactNamespace, &UpdateContact},
  };
  for (const Entry& entry : kAll) {
    if (entry.verb == verb && entry.name_space == name_space) return entry.function;
  }
  return nullptr;
}

std::string TldIn(absl::string_view name) { return NameIn(name.substr(name.rfind('.') + 1)); }

}  // namespace

// A command found well formed but for its own element.
struct Registry::Session::Command {
  XmlElement verb;
  std::optional<XmlElement> extension;
  std::string cltrid;
  std::string svtrid;
};

Registry::Registry(RegistryConfig config, store::Store& store, replication::Clock& clock)
    : config_(std::move(config)), store_(store), clock_(clock) {}

int64_t Registry::now_us() const { return clock_.WallMicros(); }

bool Registry::EnterSession(const std::string& client) {
  const std::lock_guard<std::mutex> lock(mutex_);
  size_t& sessions = sessions_[client];
  if (sessions >= config_.most_sessions) return false;
  ++sessions;
  return true;
}

void Registry::LeaveSession(const std::string& client) {
  const std::lock_guard<std::mutex> lock(mutex_);
  --sessions_[client];
}

void Registry::Settle() {
  const std::lock_guard<std::mutex> lock(mutex_);
  SettleLocked();
}

void Registry::SettleLocked() {
  Rows rows(store_);
  const int64_t now = now_us();
  std::vector<std::string> changed;
  for (const std::string& name : rows.DueDomains(now)) {
    if (const std::optional<Domain> domain = rows.FindDomain(name)) SettleDue(rows, *domain, now);
    changed.push_back(TldIn(name));
  }
  rows.Commit();
  for (const std::string& tld : changed) {
    if (changed_) changed_(tld);
  }
}

std::vector<Domain> Registry::Domains(const std::string& tld) const { return Rows(store_).DomainsUnder(tld); }
std::optional<Domain> Registry::FindDomain(const std::string& name) const {
  return Rows(store_).FindDomain(name);
}
std::optional<Host> Registry::FindHost(const std::string& name) const { return Rows(store_).FindHost(name); }

Registry::Session::~Session() {
  if (!client_.empty()) registry_.LeaveSession(client_);
}

std::string Registry::Session::Greeting() const {
  return EncodeGreeting(registry_.config_, registry_.now_us());
}

std::string Registry::Session::Answer(absl::string_view message) {
  std::string svtrid;
  {
    const std::lock_guard<std::mutex> lock(registry_.mutex_);
    svtrid = absl::StrCat("SR-", registry_.now_us(), "-", ++registry_.answered_);
  }
  const absl::StatusOr<XmlDocument> document = XmlDocument::Parse(message);
  if (!document.ok())
    return EncodeReply(Reply::Refuse({kSyntax, std::string(document.status().message())}), "", svtrid);
  const XmlElement root = document->root();
  const std::vector<XmlElement> inside = root.Children();
  if (!root.Is(kEppNamespace, "epp") || inside.size() != 1) {
    return EncodeReply(Reply::Refuse({kSyntax, "the message is no EPP"}), "", svtrid);
  }
  if (inside.front().Is(kEppNamespace, "hello")) return Greeting();
  const std::vector<XmlElement> parts = inside.front().Children();
  if (!inside.front().Is(kEppNamespace, "command") || parts.empty()) {
    return EncodeReply(Reply::Refuse({kSyntax, "a command is expected"}), "", svtrid);
  }
  Command command{parts.front(), std::nullopt, "", svtrid};
  size_t next = 1;
  if (next < parts.size() && parts[next].Is(kEppNamespace, "extension")) command.extension = parts[next++];
  if (next < parts.size() && parts[next].Is(kEppNamespace, "clTRID")) {
    if (WhyMisfit(parts[next], TridShape()).code != 0) {
      return EncodeReply(Reply::Refuse({kSyntax, "clTRID has 3 to 64 characters"}), "", svtrid);
    }
    command.cltrid = parts[next++].Text();
  }
  Reply reply = next == parts.size() ? Execute(command)
                                     : Reply::Refuse({kSyntax, "something stands behind the command"});
  ended_ = ended_ || reply.code == 1500 || reply.code >= 2500;
  return EncodeReply(reply, command.cltrid, svtrid);
}

Reply Registry::Session::Execute(const Command& command) {
  const absl::string_view verb = command.verb.name();
  if (command.verb.name_space() != kEppNamespace) return Reply::Refuse({kUnknownCommand, std::string(verb)});
  if (const Shape* const shape = CommandShape(verb)) {
    if (const Misfit misfit = WhyMisfit(command.verb, *shape); misfit.code != 0) {
      return Reply::Refuse({misfit.code, misfit.why});
    }
  }
  if (verb == "login") return LogIn(command);
  if (client_.empty()) return Reply::Refuse({kUse, "log in first"});
  if (verb == "poll") return Poll(command);
  if (verb == "logout") {
    Reply reply;
    reply.code = 1500;
    return reply;
  }
  return OnObject(command);
}

Reply Registry::Session::LogIn(const Command& command) {
  if (!client_.empty()) return Reply::Refuse({kUse, "you are logged in"});
  const XmlElement services = *command.verb.Child(kEppNamespace, "svcs");
  for (const XmlElement& uri : services.Children(kEppNamespace, "objURI")) {
    if (!IsKnownUri(uri.Text())) return Reply::Refuse({2307, uri.Text()});
  }
  if (const std::optional<XmlElement> extensions = services.Child(kEppNamespace, "svcExtension")) {
    for (const XmlElement& uri : extensions->Children()) {
      if (!IsKnownExtension(uri.Text())) return Reply::Refuse({2103, uri.Text()});
    }
  }
  const std::string client = command.verb.ChildText(kEppNamespace, "clID");
  const auto known = registry_.config_.clients.find(client);
  if (known == registry_.config_.clients.end() ||
      known->second != command.verb.ChildText(kEppNamespace, "pw")) {
    return Reply::Refuse({2200, ""});
  }
  if (command.verb.Child(kEppNamespace, "newPW").has_value())
    return Reply::Refuse({2102, "passwords stay as they are"});
  if (!registry_.EnterSession(client)) {
    return Reply::Refuse({2502, absl::StrCat(registry_.config_.most_sessions, " sessions at most")});
  }
  client_ = client;
  return {};
}

Reply Registry::Session::Poll(const Command& command) {
  const std::lock_guard<std::mutex> lock(registry_.mutex_);
  registry_.SettleLocked();
  Rows rows(registry_.store_);
  const bool acknowledges = command.verb.Attribute("op") == "ack";
  Reply reply;
  uint64_t count = 0;
  if (acknowledges) {
    uint64_t id = 0;
    const std::optional<std::string> text = command.verb.Attribute("msgID");
    if (!text.has_value()) return Reply::Refuse({2003, "msgID"});
    if (!absl::SimpleAtoi(*text, &id) || !rows.RemoveMessage(client_, id))
      return Reply::Refuse({2303, "msgID"});
    const std::optional<Message> next = rows.FirstMessage(client_, count);
    rows.Commit();
    reply.queued = count;
    return reply;
  }
  reply.message = rows.FirstMessage(client_, count);
  reply.queued = count;
  reply.code = reply.message.has_value() ? 1301 : 1300;
  return reply;
}

Reply Registry::Session::OnObject(const Command& command) {
  if (const Misfit misfit = WhyObjectCommandMisfits(command.verb, command.extension); misfit.code != 0) {
    return Reply::Refuse({misfit.code, misfit.why});
  }
  const std::string verb(command.verb.name());
  const XmlElement object = command.verb.Children().front();
  std::optional<XmlElement> extension;
  if (command.extension.has_value()) extension = command.extension->Children().front();
  const std::lock_guard<std::mutex> lock(registry_.mutex_);
  registry_.SettleLocked();
  Rows rows(registry_.store_);
  Request request{registry_.config_, rows,           client_,        object,
                  extension,         command.cltrid, command.svtrid, registry_.now_us()};
  Reply reply;
  if (verb == "transfer") {
    const std::string op = command.verb.Attribute("op").value_or("");
    if (!OneOf({"request", "query", "cancel", "approve", "reject"})(op))
      return Reply::Refuse({kSyntax, "op"});
    reply = TransferDomain(request, op);
  } else {
    reply = FindObjectFn(verb, object.name_space())(request);
  }
  if (reply.code >= 2000 || verb == "check" || verb == "info") return reply;
  rows.Commit();
  const std::string name = object.ChildText(object.name_space(), "name");
  if (registry_.changed_ && !name.empty()) registry_.changed_(TldIn(name));
  return reply;
}

}  // namespace quartet::sandbox
