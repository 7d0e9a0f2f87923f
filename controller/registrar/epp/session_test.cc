#include "controller/registrar/epp/session.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/namespaces.h"

namespace quartet::controller::epp {
namespace {

using State = Session::State;

constexpr absl::string_view kHead = "<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'>";

std::string GreetingFrame() {
  return Frame(absl::StrCat(kHead,
                            "<greeting><svID>Registry</svID><svDate>2026-11-26T00:00:00Z</svDate><svcMenu>"
                            "<version>1.0</version><lang>en</lang><objURI>",
                            kDomainNamespace,
                            "</objURI><objURI>urn:other"
                            "</objURI><svcExtension><extURI>",
                            kSecDnsNamespace,
                            "</extURI></svcExtension></svcMenu>"
                            "</greeting></epp>"));
}

std::string ResponseFrame(int code, absl::string_view cltrid) {
  return Frame(absl::StrCat(kHead, "<response><result code='", code,
                            "'><msg>says so</msg></result><trID><clTRID>", cltrid,
                            "</clTRID><svTRID>S-1</svTRID></trID></response></epp>"));
}

Session NewSession() {
  Session::Options options;
  options.client = "client";
  options.password = "secret-1";
  options.object_uris = {std::string(kDomainNamespace), std::string(kHostNamespace)};
  options.extension_uris = {std::string(kSecDnsNamespace), std::string(kRgpNamespace)};
  options.trid_prefix = "Q";
  options.answer_within_us = 10;
  options.keep_alive_us = 100;
  return Session(options, 0);
}

Session ReadySession() {
  Session session = NewSession();
  session.OnBytes(GreetingFrame(), 1);
  session.OnBytes(ResponseFrame(1000, "Q-1"), 2);
  EXPECT_EQ(session.state(), State::kReady);
  session.TakeOutput();
  return session;
}

TEST(SessionTest, LogsInWithWhatTheGreetingOffersAndNoMore) {
  Session session = NewSession();
  EXPECT_EQ(session.TakeOutput(), "");
  session.OnBytes(GreetingFrame(), 1);
  EXPECT_EQ(session.state(), State::kLoggingIn);
  const std::string login = session.TakeOutput();
  EXPECT_NE(login.find(std::string(kDomainNamespace)), std::string::npos);
  EXPECT_NE(login.find(std::string(kSecDnsNamespace)), std::string::npos);
  EXPECT_EQ(login.find(std::string(kHostNamespace)), std::string::npos);
  EXPECT_EQ(login.find(std::string(kRgpNamespace)), std::string::npos);
  EXPECT_EQ(login.find("urn:other"), std::string::npos);
  session.OnBytes(ResponseFrame(1000, "Q-1"), 2);
  EXPECT_EQ(session.state(), State::kReady);
}

TEST(SessionTest, AnswersACommandUnderATridOfItsOwn) {
  Session session = ReadySession();
  EXPECT_EQ(session.Send(MakeDomainDelete("a.test"), 3), "Q-2");
  EXPECT_EQ(session.state(), State::kBusy);
  EXPECT_EQ(session.TakeAnswer(), std::nullopt);
  session.OnBytes(ResponseFrame(2303, "Q-2"), 4);
  const std::optional<absl::StatusOr<Response>> answer = session.TakeAnswer();
  ASSERT_TRUE(answer.has_value() && answer->ok());
  EXPECT_EQ((*answer)->code(), 2303);
  EXPECT_EQ(session.state(), State::kReady);
  EXPECT_EQ(session.Send(MakeDomainDelete("a.test"), 5), "Q-3");
}

// The stream may end before any byte of a reply: the command's outcome is then not known, and never told as if it were.
TEST(SessionTest, CutOnEveryByteOfAReplyTheOutcomeIsUnknown) {
  const std::string reply = ResponseFrame(1000, "Q-2");
  for (size_t cut = 0; cut <= reply.size(); ++cut) {
    Session session = ReadySession();
    session.Send(MakeDomainDelete("a.test"), 3);
    session.OnBytes(reply.substr(0, cut), 4);
    session.OnClosed("connection reset");
    EXPECT_EQ(session.state(), State::kEnded);
    const std::optional<absl::StatusOr<Response>> answer = session.TakeAnswer();
    ASSERT_TRUE(answer.has_value());
    if (cut == reply.size()) {
      EXPECT_TRUE(answer->ok());
    } else {
      EXPECT_EQ(answer->status().code(), absl::StatusCode::kUnknown) << cut;
    }
  }
}

TEST(SessionTest, CodesThatEndTheSessionEndItAfterTheirAnswer) {
  for (const auto& [code, why] :
       {std::pair(1500, absl::StatusCode::kUnavailable), std::pair(2500, absl::StatusCode::kUnavailable),
        std::pair(2502, absl::StatusCode::kUnavailable),
        std::pair(2501, absl::StatusCode::kPermissionDenied)}) {
    Session session = ReadySession();
    session.Send(MakeDomainDelete("a.test"), 3);
    session.OnBytes(ResponseFrame(code, "Q-2"), 4);
    const std::optional<absl::StatusOr<Response>> answer = session.TakeAnswer();
    ASSERT_TRUE(answer.has_value() && answer->ok());
    EXPECT_EQ((*answer)->code(), code);
    EXPECT_EQ(session.state(), State::kEnded);
    EXPECT_EQ(session.why().code(), why) << code;
  }
}

TEST(SessionTest, ALoginThatIsRefusedIsNotTriedAgainWhereItNeverHelps) {
  for (const auto& [code, why] :
       {std::pair(2200, absl::StatusCode::kPermissionDenied),
        std::pair(2501, absl::StatusCode::kPermissionDenied), std::pair(2502, absl::StatusCode::kUnavailable),
        std::pair(2400, absl::StatusCode::kUnavailable)}) {
    Session session = NewSession();
    session.OnBytes(GreetingFrame(), 1);
    session.OnBytes(ResponseFrame(code, "Q-1"), 2);
    EXPECT_EQ(session.state(), State::kEnded);
    EXPECT_EQ(session.why().code(), why) << code;
  }
}

TEST(SessionTest, AnAnswerToSomethingElseEndsIt) {
  Session session = ReadySession();
  session.Send(MakeDomainDelete("a.test"), 3);
  session.OnBytes(ResponseFrame(1000, "Q-1"), 4);
  EXPECT_EQ(session.state(), State::kEnded);
  EXPECT_EQ(session.TakeAnswer()->status().code(), absl::StatusCode::kUnknown);
}

TEST(SessionTest, WhatNobodyAskedEndsIt) {
  Session session = ReadySession();
  session.OnBytes(ResponseFrame(1000, "Q-9"), 4);
  EXPECT_EQ(session.state(), State::kEnded);
  EXPECT_EQ(session.TakeAnswer(), std::nullopt);
}

TEST(SessionTest, GarbageAndOversizedFramesEndIt) {
  for (const std::string& bytes : {Frame("garbage"), std::string("HTTP/1.1 400 Bad Request\r\n\r\n"),
                                   std::string(4, '\xff'), std::string(4, '\0')}) {
    for (const bool busy : {false, true}) {
      Session session = busy ? ReadySession() : NewSession();
      if (busy) session.Send(MakeDomainDelete("a.test"), 3);
      session.OnBytes(bytes, 4);
      EXPECT_EQ(session.state(), State::kEnded);
      EXPECT_EQ(session.why().code(), absl::StatusCode::kUnavailable);
      EXPECT_EQ(session.TakeAnswer().has_value(), busy);
    }
  }
}

TEST(SessionTest, ARegistryThatSaysNothingIsGivenUp) {
  Session greeting = NewSession();
  greeting.OnTick(9);
  EXPECT_EQ(greeting.state(), State::kGreeting);
  greeting.OnTick(10);
  EXPECT_EQ(greeting.state(), State::kEnded);
  Session busy = ReadySession();
  busy.Send(MakeDomainDelete("a.test"), 3);
  busy.OnTick(busy.next_tick_us());
  EXPECT_EQ(busy.state(), State::kEnded);
  EXPECT_EQ(busy.TakeAnswer()->status().code(), absl::StatusCode::kUnknown);
}

TEST(SessionTest, StaysAliveByHellos) {
  Session session = ReadySession();
  EXPECT_EQ(session.next_tick_us(), 102);
  session.OnTick(102);
  EXPECT_EQ(session.state(), State::kKeepingAlive);
  EXPECT_EQ(session.TakeOutput(), Frame(Hello()));
  session.OnBytes(GreetingFrame(), 103);
  EXPECT_EQ(session.state(), State::kReady);
  EXPECT_EQ(session.next_tick_us(), 203);
}

TEST(SessionTest, LogsOut) {
  Session session = ReadySession();
  session.LogOut(3);
  session.OnBytes(ResponseFrame(1500, "Q-2"), 4);
  EXPECT_EQ(session.state(), State::kEnded);
  EXPECT_TRUE(session.why().ok()) << session.why();
}

}  // namespace
}  // namespace quartet::controller::epp
