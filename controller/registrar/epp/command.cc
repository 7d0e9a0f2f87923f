#include "controller/registrar/epp/command.h"

#include <utility>

#include "controller/registrar/epp/namespaces.h"

namespace quartet::controller::epp {

std::string Command::Encode(absl::string_view cltrid) const {
  XmlWriter writer;
  writer.Start("epp", kEppNamespace).Start("command");
  write_(writer);
  writer.Element("clTRID", cltrid);
  return writer.Finish();
}

std::string Hello() {
  XmlWriter writer;
  writer.Start("epp", kEppNamespace).Element("hello", "");
  return writer.Finish();
}

Command MakeLogin(const Login& login) {
  return Command([login](XmlWriter& writer) {
    writer.Start("login").Element("clID", login.client).Element("pw", login.password);
    writer.Start("options").Element("version", login.version).Element("lang", login.language).End();
    writer.Start("svcs");
    for (const std::string& uri : login.object_uris) writer.Element("objURI", uri);
    if (!login.extension_uris.empty()) {
      writer.Start("svcExtension");
      for (const std::string& uri : login.extension_uris) writer.Element("extURI", uri);
      writer.End();
    }
    writer.End().End();
  });
}

Command MakeLogout() {
  return Command([](XmlWriter& writer) { writer.Element("logout", ""); });
}

Command MakePollRequest() {
  return Command([](XmlWriter& writer) { writer.Start("poll").Attribute("op", "req").End(); });
}

Command MakePollAcknowledgement(const std::string& message_id) {
  return Command([message_id](XmlWriter& writer) {
    writer.Start("poll").Attribute("op", "ack").Attribute("msgID", message_id).End();
  });
}

}  // namespace quartet::controller::epp
