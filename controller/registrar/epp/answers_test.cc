// What registries answer, read: with the prefixes and layouts that several of them use.
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "controller/registrar/epp/contact.h"
#include "controller/registrar/epp/domain.h"
#include "controller/registrar/epp/host.h"
#include "controller/registrar/epp/response.h"

namespace quartet::controller::epp {
namespace {

std::string ResponseWith(absl::string_view inside) {
  return absl::StrCat(
      "<e:epp xmlns:e='urn:ietf:params:xml:ns:epp-1.0'><e:response>", inside,
      "<e:trID><e:clTRID>Q-1</e:clTRID><e:svTRID>S-1</e:svTRID></e:trID></e:response></e:epp>");
}

std::string Done(absl::string_view data, absl::string_view extension = "") {
  return ResponseWith(absl::StrCat("<e:result code='1000'><e:msg>Done</e:msg></e:result><e:resData>", data,
                                   "</e:resData>", extension));
}

Response Read(const std::string& message) {
  absl::StatusOr<Response> response = ReadResponse(message);
  EXPECT_TRUE(response.ok()) << response.status();
  return *std::move(response);
}

TEST(AnswersTest, AResponseTellsItsResult) {
  const Response response = Read(ResponseWith(
      "<e:result code='2306'><e:msg>Parameter value policy error</e:msg><e:extValue><e:value>x</e:value>"
      "<e:reason>no glue</e:reason></e:extValue></e:result>"));
  EXPECT_FALSE(response.ok());
  EXPECT_FALSE(response.ends_session());
  EXPECT_EQ(response.ToString(), "2306 Parameter value policy error (no glue)");
  EXPECT_EQ(response.cltrid(), "Q-1");
  EXPECT_EQ(response.svtrid(), "S-1");
  EXPECT_FALSE(response.data().has_value());
}

TEST(AnswersTest, CodesTellWhetherTheSessionEnds) {
  for (const auto& [code, ok, ends] :
       {std::tuple(1000, true, false), std::tuple(1001, true, false), std::tuple(1500, true, true),
        std::tuple(2200, false, false), std::tuple(2400, false, false), std::tuple(2500, false, true),
        std::tuple(2501, false, true), std::tuple(2502, false, true)}) {
    const Response response =
        Read(ResponseWith(absl::StrCat("<e:result code='", code, "'><e:msg>m</e:msg></e:result>")));
    EXPECT_EQ(response.ok(), ok) << code;
    EXPECT_EQ(response.ends_session(), ends) << code;
  }
}

TEST(AnswersTest, WhatIsNoResponseIsRefused) {
  for (const std::string& message :
       {std::string(), std::string("<a/>"),
        std::string("<epp xmlns='urn:ietf:params:xml:ns:epp-1.0'><hello/></epp>"), ResponseWith(""),
        ResponseWith("<e:result><e:msg>m</e:msg></e:result>"),
        ResponseWith("<e:result code='999'><e:msg>m</e:msg></e:result>"),
        ResponseWith("<e:result code='1000 or so'><e:msg>m</e:msg></e:result>")}) {
    EXPECT_EQ(ReadResponse(message).status().code(), absl::StatusCode::kInvalidArgument) << message;
  }
}

TEST(AnswersTest, AMessageWaits) {
  const Response response = Read(
      ResponseWith("<e:result code='1301'><e:msg>ack</e:msg></e:result><e:msgQ count='5' id='12'>"
                   "<e:qDate>2026-11-26T00:00:00Z</e:qDate><e:msg>Transfer requested.</e:msg></e:msgQ>"));
  ASSERT_TRUE(response.queue().has_value());
  EXPECT_EQ(response.queue()->count, 5u);
  EXPECT_EQ(response.queue()->id, "12");
  EXPECT_EQ(response.queue()->message, "Transfer requested.");
}

TEST(AnswersTest, AGreetingTellsWhatIsOffered) {
  const absl::StatusOr<Greeting> greeting = ReadGreeting(
      "<epp "
      "xmlns='urn:ietf:params:xml:ns:epp-1.0'><greeting><svID>Registry</svID><svDate>2026-11-26T00:00:00Z</"
      "svDate>"
      "<svcMenu><version>1.0</version><lang>en</lang><lang>fr</"
      "lang><objURI>urn:ietf:params:xml:ns:domain-1.0</objURI>"
      "<svcExtension><extURI>urn:ietf:params:xml:ns:secDNS-1.1</extURI></svcExtension></svcMenu></greeting></"
      "epp>");
  ASSERT_TRUE(greeting.ok()) << greeting.status();
  EXPECT_EQ(greeting->server, "Registry");
  EXPECT_EQ(greeting->languages, (std::vector<std::string>{"en", "fr"}));
  EXPECT_TRUE(greeting->Offers("urn:ietf:params:xml:ns:secDNS-1.1"));
  EXPECT_FALSE(greeting->Offers("urn:ietf:params:xml:ns:host-1.0"));
}

TEST(AnswersTest, DomainCheck) {
  const Response response =
      Read(Done("<chkData xmlns='urn:ietf:params:xml:ns:domain-1.0'><cd><name avail='1'>free.test</name></cd>"
                "<cd><name avail='false'>taken.test</name><reason>In use</reason></cd></chkData>"));
  const absl::StatusOr<std::vector<Availability>> names = ReadDomainCheck(*response.data());
  ASSERT_TRUE(names.ok()) << names.status();
  ASSERT_EQ(names->size(), 2u);
  EXPECT_TRUE((*names)[0].available);
  EXPECT_FALSE((*names)[1].available);
  EXPECT_EQ((*names)[1].reason, "In use");
}

constexpr absl::string_view kInfo =
    "<d:infData "
    "xmlns:d='urn:ietf:params:xml:ns:domain-1.0'><d:name>example.test</d:name><d:roid>EX1-TEST</d:roid>"
    "<d:status s='ok'/><d:status "
    "s='clientTransferProhibited'>locked</d:status><d:registrant>c-1</d:registrant>"
    "<d:contact type='admin'>c-2</d:contact><d:ns><d:hostObj>ns1.example.test</d:hostObj>"
    "<d:hostObj>ns2.example.net</d:hostObj></d:ns><d:host>ns1.example.test</d:host><d:clID>us</d:clID>"
    "<d:crDate>2026-01-01T00:00:00Z</d:crDate><d:exDate>2027-01-01T00:00:00.0Z</d:exDate>"
    "<d:authInfo><d:pw>secret</d:pw></d:authInfo></d:infData>";

TEST(AnswersTest, DomainInfoWithExtensions) {
  const Response response = Read(
      Done(kInfo,
           "<e:extension><rgp:infData xmlns:rgp='urn:ietf:params:xml:ns:rgp-1.0'><rgp:rgpStatus "
           "s='addPeriod'/></rgp:infData>"
           "<s:infData "
           "xmlns:s='urn:ietf:params:xml:ns:secDNS-1.1'><s:dsData><s:keyTag>1</s:keyTag><s:alg>13</s:alg>"
           "<s:digestType>2</s:digestType><s:digest>ab01</s:digest></s:dsData></s:infData></e:extension>"));
  const absl::StatusOr<DomainInfo> info = ReadDomainInfo(*response.data(), response.extension());
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->name, "example.test");
  EXPECT_TRUE(info->HasStatus("clientTransferProhibited"));
  EXPECT_FALSE(info->HasStatus("inactive"));
  EXPECT_EQ(info->hosts, (std::vector<DomainHost>{{"ns1.example.test", {}}, {"ns2.example.net", {}}}));
  EXPECT_EQ(info->subordinate_hosts, std::vector<std::string>{"ns1.example.test"});
  EXPECT_EQ(info->contacts, (std::vector<DomainContact>{{"admin", "c-2"}}));
  EXPECT_EQ(info->expiry_date, "2027-01-01T00:00:00.0Z");
  EXPECT_EQ(info->auth_info, "secret");
  EXPECT_EQ(info->grace_periods, std::vector<std::string>{"addPeriod"});
  EXPECT_EQ(info->sec_dns, (SecDns{{{1, 13, 2, "AB01"}}, {}}));
}

TEST(AnswersTest, DomainInfoWithHostAttributes) {
  const Response response =
      Read(Done("<infData xmlns='urn:ietf:params:xml:ns:domain-1.0'><name>example.test</name><ns><hostAttr>"
                "<hostName>ns1.example.test</hostName><hostAddr ip='v4'>192.0.2.1</hostAddr><hostAddr "
                "ip='v6'>2001:db8::1</hostAddr>"
                "</hostAttr></ns><clID>us</clID></infData>"));
  const absl::StatusOr<DomainInfo> info = ReadDomainInfo(*response.data(), std::nullopt);
  ASSERT_TRUE(info.ok()) << info.status();
  EXPECT_EQ(info->hosts, (std::vector<DomainHost>{{"ns1.example.test", {"192.0.2.1", "2001:db8::1"}}}));
  EXPECT_EQ(info->auth_info, std::nullopt);
}

TEST(AnswersTest, ADsRecordThatIsNoneIsAnError) {
  const Response response =
      Read(Done(kInfo,
                "<e:extension><s:infData "
                "xmlns:s='urn:ietf:params:xml:ns:secDNS-1.1'><s:dsData><s:keyTag>65536</s:keyTag>"
                "<s:alg>13</s:alg><s:digestType>2</s:digestType><s:digest>AB</s:digest></s:dsData></"
                "s:infData></e:extension>"));
  EXPECT_EQ(ReadDomainInfo(*response.data(), response.extension()).status().code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(AnswersTest, DatesOfCreateAndRenew) {
  const Response created =
      Read(Done("<creData "
                "xmlns='urn:ietf:params:xml:ns:domain-1.0'><name>example.test</"
                "name><crDate>2026-11-26T00:00:00Z</crDate>"
                "<exDate>2027-11-26T00:00:00Z</exDate></creData>"));
  ASSERT_TRUE(ReadDomainDates(*created.data()).ok());
  EXPECT_EQ(ReadDomainDates(*created.data())->create_date, "2026-11-26T00:00:00Z");
  const Response renewed =
      Read(Done("<renData "
                "xmlns='urn:ietf:params:xml:ns:domain-1.0'><name>example.test</"
                "name><exDate>2028-11-26T00:00:00Z</exDate>"
                "</renData>"));
  ASSERT_TRUE(ReadDomainDates(*renewed.data()).ok());
  EXPECT_EQ(ReadDomainDates(*renewed.data())->expiry_date, "2028-11-26T00:00:00Z");
}

TEST(AnswersTest, TransferAndWhatWasPending) {
  const Response transfer = Read(
      Done("<trnData "
           "xmlns='urn:ietf:params:xml:ns:domain-1.0'><name>example.test</name><trStatus>pending</trStatus>"
           "<reID>us</reID><reDate>2026-11-26T00:00:00Z</reDate><acID>them</"
           "acID><acDate>2026-12-01T00:00:00Z</acDate></trnData>"));
  ASSERT_TRUE(ReadDomainTransfer(*transfer.data()).ok());
  EXPECT_EQ(ReadDomainTransfer(*transfer.data())->status, "pending");
  EXPECT_EQ(ReadDomainTransfer(*transfer.data())->acting, "them");
  const Response pending = Read(
      Done("<panData xmlns='urn:ietf:params:xml:ns:domain-1.0'><name paResult='1'>example.test</name><paTRID>"
           "<clTRID xmlns='urn:ietf:params:xml:ns:epp-1.0'>Q-7</clTRID><svTRID "
           "xmlns='urn:ietf:params:xml:ns:epp-1.0'>S-7</svTRID>"
           "</paTRID><paDate>2026-11-26T00:00:00Z</paDate></panData>"));
  const absl::StatusOr<DomainPendingResult> result = ReadDomainPendingResult(*pending.data());
  ASSERT_TRUE(result.ok()) << result.status();
  EXPECT_TRUE(result->done);
  EXPECT_EQ(result->cltrid, "Q-7");
}

TEST(AnswersTest, Hosts) {
  const Response check =
      Read(Done("<chkData xmlns='urn:ietf:params:xml:ns:host-1.0'><cd><name "
                "avail='0'>ns1.example.test</name></cd></chkData>"));
  ASSERT_TRUE(ReadHostCheck(*check.data()).ok());
  EXPECT_FALSE(ReadHostCheck(*check.data())->front().available);
  const Response info = Read(Done(
      "<infData xmlns='urn:ietf:params:xml:ns:host-1.0'><name>ns1.example.test</name><roid>H1-TEST</roid>"
      "<status s='linked'/><addr ip='v4'>192.0.2.1</addr><addr "
      "ip='v6'>2001:db8::1</addr><clID>us</clID></infData>"));
  const absl::StatusOr<HostInfo> host = ReadHostInfo(*info.data());
  ASSERT_TRUE(host.ok()) << host.status();
  EXPECT_EQ(host->addresses, (std::vector<std::string>{"192.0.2.1", "2001:db8::1"}));
  EXPECT_EQ(host->statuses, std::vector<std::string>{"linked"});
}

TEST(AnswersTest, Contacts) {
  const Response info =
      Read(Done("<infData xmlns='urn:ietf:params:xml:ns:contact-1.0'><id>c-1</id><postalInfo "
                "type='int'><name>Ada</name><addr>"
                "<street>Street "
                "1</street><city>Berlin</city><cc>DE</cc></addr></postalInfo><email>ada@example.test</"
                "email></infData>"));
  const absl::StatusOr<Contact> contact = ReadContactInfo(*info.data());
  ASSERT_TRUE(contact.ok()) << contact.status();
  EXPECT_EQ(contact->name, "Ada");
  EXPECT_EQ(contact->street, std::vector<std::string>{"Street 1"});
  EXPECT_EQ(contact->country, "DE");
}

TEST(AnswersTest, DataOfAnotherKindAreRefused) {
  const Response response = Read(Done("<chkData xmlns='urn:ietf:params:xml:ns:host-1.0'/>"));
  EXPECT_FALSE(ReadDomainCheck(*response.data()).ok());
  EXPECT_FALSE(ReadDomainInfo(*response.data(), std::nullopt).ok());
  EXPECT_FALSE(ReadDomainDates(*response.data()).ok());
  EXPECT_FALSE(ReadDomainTransfer(*response.data()).ok());
  EXPECT_FALSE(ReadDomainPendingResult(*response.data()).ok());
  EXPECT_FALSE(ReadHostInfo(*response.data()).ok());
  EXPECT_FALSE(ReadContactInfo(*response.data()).ok());
}

}  // namespace
}  // namespace quartet::controller::epp
