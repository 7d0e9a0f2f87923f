// What the registry answers.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "controller/registrar/epp/xml_writer.h"
#include "tests/sandbox_registry/registry.pb.h"
#include "tests/sandbox_registry/tld.h"

namespace quartet::sandbox {

using WriteFn = std::function<void(controller::epp::XmlWriter&)>;

// Says no: a result code of RFC 5730 §3, and why, for people.
struct Refusal {
  int code;
  std::string reason;
};

// A response, without its transaction ids.
struct Reply {
  int code = 1000;
  // With a code that refuses.
  std::string reason;
  // Of <resData>, <extension>; empty: there is none.
  WriteFn data;
  WriteFn extension;
  // 1300 and 1301 tell how many wait; the first of them, with 1301.
  std::optional<uint64_t> queued;
  std::optional<Message> message;

  static Reply Refuse(Refusal refusal) {
    Reply reply;
    reply.code = refusal.code;
    reply.reason = std::move(refusal.reason);
    return reply;
  }
  static Reply Data(WriteFn data) {
    Reply reply;
    reply.data = std::move(data);
    return reply;
  }
};

// `cltrid` empty: the command had none.
std::string EncodeReply(const Reply& reply, const std::string& cltrid, const std::string& svtrid);
std::string EncodeGreeting(const RegistryConfig& config, int64_t now_us);

// "2026-11-26T12:00:00.0Z".
std::string FormatTime(int64_t time_us);

// Of a poll message or an answer to transfer.
void WriteTransfer(controller::epp::XmlWriter& writer, const std::string& domain, const Transfer& transfer,
                   int64_t expiry_us);

}  // namespace quartet::sandbox
