#include "controller/registrar/epp/response.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/namespaces.h"

namespace quartet::controller::epp {
namespace {

constexpr absl::string_view kSpace = kEppNamespace;

std::vector<std::string> Texts(const XmlElement& parent, absl::string_view name) {
  std::vector<std::string> texts;
  for (const XmlElement& child : parent.Children(kSpace, name)) texts.push_back(child.Text());
  return texts;
}

// The one thing in <epp>. INVALID_ARGUMENT: it is not this.
absl::StatusOr<XmlElement> Inside(const XmlDocument& document, absl::string_view name) {
  const XmlElement root = document.root();
  if (!root.Is(kSpace, "epp")) return absl::InvalidArgumentError("the registry's message is no EPP");
  const std::optional<XmlElement> inside = root.Child(kSpace, name);
  if (inside.has_value()) return *inside;
  return absl::InvalidArgumentError(absl::StrCat("the registry's message is no ", name));
}

std::optional<Result> ReadResult(const XmlElement& element) {
  Result result;
  const std::string code = element.Attribute("code").value_or("");
  if (!absl::SimpleAtoi(code, &result.code) || result.code < 1000 || result.code > 2999) return std::nullopt;
  result.message = element.ChildText(kSpace, "msg");
  for (const XmlElement& value : element.Children(kSpace, "extValue")) {
    const std::string reason = value.ChildText(kSpace, "reason");
    if (!reason.empty()) absl::StrAppend(&result.message, " (", reason, ")");
  }
  return result;
}

std::optional<MessageQueue> ReadQueue(const XmlElement& response) {
  const std::optional<XmlElement> element = response.Child(kSpace, "msgQ");
  if (!element.has_value()) return std::nullopt;
  MessageQueue queue;
  if (!absl::SimpleAtoi(element->Attribute("count").value_or("0"), &queue.count)) return std::nullopt;
  queue.id = element->Attribute("id").value_or("");
  queue.date = element->ChildText(kSpace, "qDate");
  queue.message = element->ChildText(kSpace, "msg");
  return queue;
}

}  // namespace

class MessageReader {
 public:
  static absl::StatusOr<Response> Read(XmlDocument document) {
    Response response(std::move(document));
    const absl::StatusOr<XmlElement> element = Inside(response.document_, "response");
    if (!element.ok()) return element.status();
    for (const XmlElement& one : element->Children(kSpace, "result")) {
      std::optional<Result> result = ReadResult(one);
      if (!result.has_value())
        return absl::InvalidArgumentError("the registry's response has no result code");
      response.results_.push_back(*std::move(result));
    }
    if (response.results_.empty()) return absl::InvalidArgumentError("the registry's response has no result");
    response.queue_ = ReadQueue(*element);
    response.data_ = element->Child(kSpace, "resData");
    response.extension_ = element->Child(kSpace, "extension");
    if (const std::optional<XmlElement> ids = element->Child(kSpace, "trID")) {
      response.cltrid_ = ids->ChildText(kSpace, "clTRID");
      response.svtrid_ = ids->ChildText(kSpace, "svTRID");
    }
    return response;
  }
};

bool Greeting::Offers(absl::string_view uri) const {
  const auto in = [uri](const std::vector<std::string>& uris) {
    return std::find(uris.begin(), uris.end(), uri) != uris.end();
  };
  return in(object_uris) || in(extension_uris);
}

std::string Response::ToString() const {
  std::string text;
  for (const Result& result : results_) {
    absl::StrAppend(&text, text.empty() ? "" : "; ", result.code, " ", result.message);
  }
  return text;
}

absl::StatusOr<Greeting> ReadGreeting(absl::string_view message) {
  const absl::StatusOr<XmlDocument> document = XmlDocument::Parse(message);
  if (!document.ok()) return document.status();
  const absl::StatusOr<XmlElement> element = Inside(*document, "greeting");
  if (!element.ok()) return element.status();
  Greeting greeting;
  greeting.server = element->ChildText(kSpace, "svID");
  const std::optional<XmlElement> menu = element->Child(kSpace, "svcMenu");
  if (!menu.has_value()) return absl::InvalidArgumentError("the registry's greeting offers nothing");
  greeting.versions = Texts(*menu, "version");
  greeting.languages = Texts(*menu, "lang");
  greeting.object_uris = Texts(*menu, "objURI");
  if (const std::optional<XmlElement> extensions = menu->Child(kSpace, "svcExtension")) {
    greeting.extension_uris = Texts(*extensions, "extURI");
  }
  return greeting;
}

absl::StatusOr<Response> ReadResponse(absl::string_view message) {
  absl::StatusOr<XmlDocument> document = XmlDocument::Parse(message);
  if (!document.ok()) return document.status();
  return MessageReader::Read(*std::move(document));
}

}  // namespace quartet::controller::epp
