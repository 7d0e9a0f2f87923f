#include "tests/sandbox_registry/request.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace quartet::sandbox {
namespace {

using controller::epp::XmlWriter;

bool IsLabel(absl::string_view label) {
  if (label.empty() || label.size() > 63 || label.front() == '-' || label.back() == '-') return false;
  // RFC 5891 §4.2.3.1: these two places are for A-labels.
  if (label.size() > 3 && label.substr(2, 2) == "--" && label.substr(0, 2) != "xn") return false;
  return std::all_of(label.begin(), label.end(), [](char c) { return absl::ascii_isalnum(c) || c == '-'; });
}

}  // namespace

std::string NameIn(absl::string_view text) {
  std::string name = absl::AsciiStrToLower(text);
  if (!name.empty() && name.back() == '.') name.pop_back();
  return name;
}

bool IsHostName(absl::string_view name) {
  const std::vector<std::string> labels = absl::StrSplit(name, '.');
  return name.size() <= 253 && labels.size() >= 2 && std::all_of(labels.begin(), labels.end(), IsLabel);
}

const Tld* TldOf(const RegistryConfig& config, absl::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == absl::string_view::npos) return nullptr;
  const auto found = config.tlds.find(std::string(name.substr(dot + 1)));
  return found == config.tlds.end() ? nullptr : &found->second;
}

Origin NewOrigin(const Request& request, char kind) {
  Origin origin;
  origin.set_roid(absl::StrCat(absl::string_view(&kind, 1), request.rows.NextNumber(), "-SANDBOX"));
  origin.set_sponsor(request.client);
  origin.set_creator(request.client);
  origin.set_create_us(request.now_us);
  return origin;
}

void Touch(Origin& origin, const Request& request) {
  origin.set_updater(request.client);
  origin.set_update_us(request.now_us);
}

void WriteOrigin(XmlWriter& writer, absl::string_view prefix, const Origin& origin, int64_t expiry_us) {
  const auto element = [&](absl::string_view name, const std::string& text) {
    writer.Element(absl::StrCat(prefix, ":", name), text);
  };
  element("clID", origin.sponsor());
  element("crID", origin.creator());
  element("crDate", FormatTime(origin.create_us()));
  if (!origin.updater().empty()) {
    element("upID", origin.updater());
    element("upDate", FormatTime(origin.update_us()));
  }
  if (expiry_us != 0) element("exDate", FormatTime(expiry_us));
  if (origin.transfer_us() != 0) element("trDate", FormatTime(origin.transfer_us()));
}

void WriteCheck(XmlWriter& writer, absl::string_view prefix, absl::string_view named_by,
                const std::string& name, const std::string& reason) {
  writer.Start(absl::StrCat(prefix, ":cd"));
  writer.Start(absl::StrCat(prefix, ":", named_by))
      .Attribute("avail", reason.empty() ? "1" : "0")
      .Text(name)
      .End();
  if (!reason.empty()) writer.Element(absl::StrCat(prefix, ":reason"), reason);
  writer.End();
}

}  // namespace quartet::sandbox
