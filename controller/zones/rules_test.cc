// Each rule of docs/rules.md that a batch can break, by its name: what breaks it, and what is close and does not.
#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "controller/zones/faults.h"
#include "controller/zones/zone_fixture.h"
#include "gtest/gtest.h"

namespace quartet::controller {
namespace {

using admin::v1::RecordSetChange;
using Asks = std::vector<Ask>;

const std::string kDs = "1 8 2 " + std::string(64, 'a');
const std::string kSoa = "a. b. 9 9 9 9 9";
const std::string kLabel = std::string(63, 'x');

// `count` TXT values of 255 octets, all different.
Strings Texts(int count) {
  Strings values;
  for (int i = 0; i < count; ++i) {
    values.push_back(absl::StrCat("\"", std::string(251, 'x'), 1000 + i, "\""));
  }
  return values;
}

struct RuleCase {
  // As faults name it.
  std::string rule;
  // What is in the zone first.
  Asks before;
  // Each of these breaks the rule, and no other.
  std::vector<Asks> broken;
  // Each of these breaks none; they are made one after another.
  std::vector<Asks> kept;
};

std::vector<RuleCase> FormRules() {
  return {
      {"bad-action", {}, {{{RecordSetChange::ACTION_UNSPECIFIED, "www", "A", 300, {"192.0.2.1"}}}}, {}},
      {"bad-owner",
       {},
       {{Create("", "A", {"192.0.2.1"})},
        {Create("a..b", "A", {"192.0.2.1"})},
        {Create("x" + kLabel, "A", {"192.0.2.1"})},
        {Create(absl::StrCat(kLabel, ".", kLabel, ".", kLabel, ".", kLabel), "A", {"192.0.2.1"})},
        {Create("b\xc3\xbc"
                "cher",
                "A", {"192.0.2.1"})}},
       {{Create(kLabel, "A", {"192.0.2.1"})},
        {Create(absl::StrCat(kLabel, ".", kLabel, ".", kLabel), "A", {"192.0.2.1"})},
        {Create("b\\195\\188cher", "A", {"192.0.2.1"})}}},
      {"owner-outside-zone",
       {},
       {{Create("www.example.net.", "A", {"192.0.2.1"})}, {Create("notexample.com.", "A", {"192.0.2.1"})}},
       {{Create("www.EXAMPLE.com.", "A", {"192.0.2.1"})}}},
      {"bad-type",
       {},
       {{Create("www", "NOSUCH", {"x"})}, {Create("www", "TYPE65536", {"\\# 0"})}},
       {{Create("www", "type65280", {"\\# 1 00"})}}},
      {"type-not-stored", {}, {}, {{Create("www", "TYPE65280", {"\\# 1 00"})}}},
      {"bad-ttl",
       {},
       {{{RecordSetChange::ACTION_CREATE, "www", "A", 0x80000000, {"192.0.2.1"}}}},
       {{{RecordSetChange::ACTION_CREATE, "www", "A", 0x7fffffff, {"192.0.2.1"}}},
        {{RecordSetChange::ACTION_UPSERT, "www", "A", 0, {"192.0.2.1"}}}}},
      {"bad-value",
       {},
       {{Create("www", "A", {"192.0.2.256"})},
        {Create("www", "A", {"192.0.2.1 192.0.2.2"})},
        {Create("www", "MX", {"mail"})},
        {Create("www", "TYPE1", {"\\# 5 c000020100"})},
        {Create("www", "TXT", {"v=DMARC1; p=none"})}},
       {{Create("www", "TYPE1", {"\\# 4 c0000201"})}, {Create("www", "TXT", {"\"v=DMARC1; p=none\""})}}},
      {"text-unquoted",
       {},
       {{Create("www", "TXT", {"v=spf1 -all"})}, {Create("www", "SPF", {"\"v=spf1\" -all"})}},
       {{Create("a", "TXT", {"v=spf1"})},
        {Create("b", "TXT", {"\"v=spf1 -all\""})},
        {Create("c", "TXT", {"\"v=spf1 \" \"-all\""})},
        {Create("d", "TXT", {"\\# 2 0161"})}}},
      {"no-values", {}, {{Create("www", "A", {})}, {Upsert("www", "A", {})}}, {}},
      {"duplicate-value",
       {},
       {{Create("www", "A", {"192.0.2.1", "192.0.2.1"})},
        {Create("www", "AAAA", {"2001:db8::1", "2001:DB8:0::1"})},
        {Create("www", "MX", {"10 mail", "10 MAIL.example.com."})}},
       {{Create("www", "MX", {"10 mail", "20 mail"})}, {Create("www", "TXT", {"\"a\"", "\"A\""})}}},
      {"record-set-too-large",
       {},
       {{Create("www", "TXT", Texts(245))}},
       {{Create("www", "TXT", Texts(240))}}},
      {"bad-writer",
       {},
       {{{RecordSetChange::ACTION_CREATE, "www", "A", 300, {"192.0.2.1"}, std::string(256, 'w')}}},
       {{{RecordSetChange::ACTION_CREATE, "www", "A", 300, {"192.0.2.1"}, std::string(255, 'w')}}}},
      {"bad-comment",
       {},
       {{{RecordSetChange::ACTION_CREATE, "www", "A", 300, {"192.0.2.1"}, "", std::string(65536, 'c')}}},
       {{{RecordSetChange::ACTION_CREATE, "www", "A", 300, {"192.0.2.1"}, "", std::string(65535, 'c')}}}},
      {"named-twice",
       {},
       {{Create("www", "A", {"192.0.2.1"}), Upsert("WWW.example.com.", "TYPE1", {"192.0.2.2"})}},
       {{Create("www", "A", {"192.0.2.1"}), Create("www", "TXT", {"t"})}}},
  };
}

std::vector<RuleCase> StateRules() {
  const Asks two = {Create("www", "A", {"192.0.2.1", "192.0.2.2"})};
  return {
      {"exists", two, {{Create("WWW", "A", {"192.0.2.9"})}}, {{Create("www", "AAAA", {"::1"})}}},
      {"not-found", two, {{Delete("www", "AAAA")}, {Delete("nope", "A")}}, {{Delete("WWW", "A")}}},
      {"differs",
       two,
       {{Delete("www", "A", {"192.0.2.1"})},
        {{RecordSetChange::ACTION_DELETE, "www", "A", 301, {"192.0.2.1", "192.0.2.2"}}}},
       {{Delete("www", "A", {"192.0.2.2", "192.0.2.1"})}}},
  };
}

std::vector<RuleCase> ZoneRules() {
  return {
      {"apex-soa",
       {},
       {{Delete("@", "SOA")}, {Upsert("@", "SOA", {kSoa})}, {Create("example.COM.", "TYPE6", {kSoa})}},
       {}},
      {"soa-below-apex", {}, {{Upsert("www", "SOA", {kSoa})}}, {}},
      {"apex-ns",
       {},
       {{Delete("@", "NS")}, {Upsert("Example.COM.", "NS", {"ns.test."})}},
       {{Upsert("sub", "NS", {"ns.test."})}}},
      {"cname-at-apex", {}, {{Create("@", "CNAME", {"x.test."})}}, {{Create("a", "CNAME", {"x.test."})}}},
      {"ds-at-apex", {}, {{Create("@", "DS", {kDs})}}, {}},
      {"many-cnames", {}, {{Create("a", "CNAME", {"x.test.", "y.test."})}}, {}},
      {"many-dnames", {}, {{Create("a", "DNAME", {"x.test.", "y.test."})}}, {}},
      {"ns-at-wildcard",
       {},
       {{Create("*", "NS", {"ns.test."})}, {Create("*.a", "NS", {"ns.test."})}},
       {{Create("a.*", "NS", {"ns.test."})}}},
      {"dname-at-wildcard",
       {},
       {{Create("*.a", "DNAME", {"x.test."})}},
       {{Create("*", "CNAME", {"x.test."})}}},
      {"cname-beside-other-types",
       {Create("a", "TXT", {"t"}), Create("c", "CNAME", {"x.test."})},
       {{Create("b", "CNAME", {"x.test."}), Create("b", "TXT", {"t"})},
        {Create("a", "CNAME", {"x.test."})},
        {Create("c", "A", {"192.0.2.1"})},
        {Create("c", "DNAME", {"x.test."})}},
       {// What is deleted in the same batch is not beside it any more.
        {Create("a", "CNAME", {"x.test."}), Delete("a", "TXT")},
        // A name below a CNAME is another name.
        {Create("b.a", "A", {"192.0.2.1"})}}},
      {"ds-without-ns",
       {Create("sub", "DS", {kDs}), Create("sub", "NS", {"ns.test."})},
       {{Create("s", "DS", {kDs})}, {Delete("sub", "NS")}, {Create("*", "DS", {kDs})}},
       {{Delete("sub", "NS"), Delete("sub", "DS")}}},
      {"dname-beside-ns",
       {Create("d", "DNAME", {"x.test."})},
       {{Create("d", "NS", {"ns.test."})},
        {Create("e", "DNAME", {"x.test."}), Create("e", "NS", {"ns.test."})}},
       // RFC 6672 §2.3: at the zone's apex it may.
       {{Delete("d", "DNAME"), Create("@", "DNAME", {"x.test."})}}},
      {"names-below-dname",
       {Create("d", "DNAME", {"x.test."}), Create("x.e", "A", {"192.0.2.1"})},
       {{Create("a.b.d", "A", {"192.0.2.1"})},
        {Create("e", "DNAME", {"x.test."})},
        {Create("@", "DNAME", {"x.test."})},
        {Create("*.d", "A", {"192.0.2.1"})}},
       {{Create("d", "A", {"192.0.2.1"})},
        {Create("dd", "A", {"192.0.2.1"})},
        {Create("e", "DNAME", {"x.test."}), Delete("x.e", "A")}}},
  };
}

class RuleTest : public ZoneTest, public ::testing::WithParamInterface<RuleCase> {};

TEST_P(RuleTest, IsKept) {
  const RuleCase& rule = GetParam();
  const std::string id = NewZoneOf("example.com.");
  if (!rule.before.empty()) {
    ASSERT_EQ(Rules(id, rule.before), Strings{"ok"});
  }
  for (const Asks& asks : rule.broken) {
    const std::string row = Row(id).SerializeAsString();
    const absl::Status refused = Change(id, asks).status();
    EXPECT_EQ(RulesOf(refused), Strings{rule.rule}) << asks.back().owner << " " << asks.back().type;
    EXPECT_EQ(Row(id).SerializeAsString(), row) << refused;
  }
  for (const Asks& asks : rule.kept) {
    EXPECT_EQ(Rules(id, asks), Strings{"ok"}) << asks.back().owner << " " << asks.back().type;
  }
}

std::string NameOfCase(const ::testing::TestParamInfo<RuleCase>& info) {
  return absl::StrReplaceAll(info.param.rule, {{"-", "_"}});
}

INSTANTIATE_TEST_SUITE_P(OfForm, RuleTest, ::testing::ValuesIn(FormRules()), NameOfCase);
INSTANTIATE_TEST_SUITE_P(OfWhatIsThere, RuleTest, ::testing::ValuesIn(StateRules()), NameOfCase);
INSTANTIATE_TEST_SUITE_P(OfTheZone, RuleTest, ::testing::ValuesIn(ZoneRules()), NameOfCase);

class RulesTest : public ZoneTest {
 protected:
  const std::string id_ = NewZoneOf("example.com.");
};

TEST_F(RulesTest, TypesOfTheSignerAndOfMessagesAreNotStoredHoweverTheyAreSpelled) {
  for (const char* type :
       {"RRSIG",  "NSEC",   "NSEC3",  "NSEC3PARAM", "DNSKEY", "CDS",   "CDNSKEY", "SIG",     "NXT",
        "TYPE46", "type47", "TYPE48", "TYPE50",     "TYPE51", "TYPE0", "OPT",     "TYPE41",  "TKEY",
        "TSIG",   "IXFR",   "AXFR",   "TYPE252",    "MAILB",  "MAILA", "ANY",     "TYPE255", "TYPE128"}) {
    EXPECT_EQ(Rules(id_, {Create("www", type, {"\\# 1 00"})}), Strings{"type-not-stored"}) << type;
    EXPECT_EQ(Rules(id_, {Delete("www", type)}), Strings{"type-not-stored"}) << type;
  }
}

TEST_F(RulesTest, AllFaultsOfFormAreTold) {
  const Asks asks = {
      Create("", "A", {"192.0.2.1"}),
      Create("www.example.net.", "A", {"192.0.2.1"}),
      Create("www", "NOSUCH", {"x"}),
      Create("www", "A", {"192.0.2.256", "192.0.2.257"}),
      Create("two", "A", {"192.0.2.1", "192.0.2.1"}),
      {RecordSetChange::ACTION_UNSPECIFIED, "x", "A", 0x80000000, {"192.0.2.1"}, std::string(256, 'w')},
      Create("same", "A", {"192.0.2.1"}),
      Delete("SAME.example.com.", "A"),
  };
  EXPECT_EQ(Rules(id_, asks),
            (Strings{"bad-owner", "owner-outside-zone", "bad-type", "bad-value", "bad-value",
                     "duplicate-value", "bad-action", "bad-writer", "bad-ttl", "named-twice"}));
  EXPECT_TRUE(absl::IsInvalidArgument(Change(id_, asks).status()));
}

TEST_F(RulesTest, FaultsOfFormOfStateAndOfTheZoneAreToldTogether) {
  ASSERT_EQ(Rules(id_, {Create("www", "A", {"192.0.2.1"})}), Strings{"ok"});
  const Asks asks = {
      Create("bad", "A", {"not.an.address"}), Create("www", "A", {"192.0.2.1"}),
      Create("www", "CNAME", {"x.test."}),    Delete("nope", "TXT"),
      Upsert("@", "CNAME", {"x.test."}),      Create("sub", "DS", {kDs}),
  };
  EXPECT_EQ(Rules(id_, asks), (Strings{"bad-value", "exists", "not-found", "cname-at-apex",
                                       "cname-beside-other-types", "ds-without-ns"}));
}

// What is wrong with it may be that it would have made good what else looks wrong.
TEST_F(RulesTest, NothingIsSaidOfNamesWhoseChangesCanNotBeRead) {
  ASSERT_EQ(Rules(id_, {Create("a", "TXT", {"t"}), Create("x.d", "TXT", {"t"})}), Strings{"ok"});
  Ask unread = Delete("a", "TXT", {"t"});
  unread.ttl = 0x80000000;
  EXPECT_EQ(Rules(id_, {Create("a", "CNAME", {"x.test."}), unread}), Strings{"bad-ttl"});
  EXPECT_EQ(Rules(id_, {Create("sub", "DS", {kDs}), Create("sub", "NS", {"a..b"})}), Strings{"bad-value"});
  unread.owner = "x.d";
  EXPECT_EQ(Rules(id_, {Create("d", "DNAME", {"x.test."}), unread}), Strings{"bad-ttl"});
}

// Whatever the order of the changes in the batch.
TEST_F(RulesTest, ADnameThatComesTellsOfTheFirstNameBelowAndOneThatIsThereOfEach) {
  ASSERT_EQ(Rules(id_, {Create("d", "DNAME", {"x.test."}), Create("x.e", "A", {"192.0.2.1"})}),
            Strings{"ok"});
  Asks asks = {Create("e", "DNAME", {"x.test."}), Create("y.e", "A", {"192.0.2.1"}),
               Create("a.d", "A", {"192.0.2.1"}), Create("b.d", "TXT", {"t"})};
  std::sort(asks.begin(), asks.end(), [](const Ask& a, const Ask& b) { return a.owner < b.owner; });
  do {
    const auto faults = FaultsOf(Change(id_, asks).status());
    ASSERT_TRUE(faults.has_value());
    std::map<std::string, std::string> told;
    for (const auto& fault : faults->faults()) told[fault.owner()] = fault.rule();
    EXPECT_EQ(faults->faults_size(), 3);
    EXPECT_EQ(told, (std::map<std::string, std::string>{{"a.d.example.com.", "names-below-dname"},
                                                        {"b.d.example.com.", "names-below-dname"},
                                                        {"e.example.com.", "names-below-dname"}}));
  } while (std::next_permutation(asks.begin(), asks.end(),
                                 [](const Ask& a, const Ask& b) { return a.owner < b.owner; }));
}

TEST_F(RulesTest, AnyBatchIsReadBesideAStaleRevisionWhenItsFormIsWrong) {
  admin::v1::ChangeRecordSetsRequest batch;
  RecordSetChange& change = *batch.add_changes();
  change.set_action(RecordSetChange::ACTION_CREATE);
  change.mutable_record_set()->set_owner("www");
  change.mutable_record_set()->set_type("A");
  change.mutable_record_set()->add_values("x");
  batch.set_if_revision(99);
  EXPECT_EQ(RulesOf(Change(id_, batch).status()), Strings{"bad-value"});
  change.mutable_record_set()->set_values(0, "192.0.2.1");
  EXPECT_TRUE(absl::IsAborted(Change(id_, batch).status()));
}

TEST_F(RulesTest, ValuesAreShownInTheirNormalisedForm) {
  ASSERT_EQ(Rules(id_, {Create("@", "MX", {"010 Mail", "5 mx.Example.net."}),
                        Create("six", "aaaa", {"2001:DB8:0:0::1"}), Create("ds.sub", "NS", {"ns"}),
                        Create("ds.sub", "DS", {"60485 RSASHA1 1 2BB183AF5F22588179A53B0A 98631FAD1A292118"}),
                        Create("u", "TYPE28", {"\\# 16 20010db8000000000000000000000002"})}),
            Strings{"ok"});
  const std::map<std::string, Strings> expected = {
      {"@ MX", {"5 mx.Example.net.", "10 Mail.example.com."}},
      {"six AAAA", {"2001:db8::1"}},
      {"ds.sub NS", {"ns.example.com."}},
      {"ds.sub DS", {"60485 5 1 2bb183af5f22588179a53b0a98631fad1a292118"}},
      {"u AAAA", {"2001:db8::2"}}};
  EXPECT_EQ(Contents(id_), expected);
}

TEST_F(RulesTest, TextThatIsTooLongForAStringIsSplitAndShownJoined) {
  const std::string long_text = absl::StrCat("\"", std::string(300, 'a'), " ", std::string(300, 'b'), "\"");
  const std::string full = absl::StrCat("\"", std::string(255, 'c'), "\"");
  ASSERT_EQ(Rules(id_, {Create("long", "TXT", {long_text}), Create("spf", "SPF", {long_text}),
                        Create("several", "TXT", {"\"one\" \"two\""}),
                        Create("full", "TXT", {absl::StrCat(full, " \"\"")}),
                        Create("bare", "TXT", {"token=abc"})}),
            Strings{"ok"});
  // One string of 255 octets, another, and the rest.
  EXPECT_EQ(Get(id_, "long", dns::Type::kTxt).records()[0].wire().size(), 601u + 3);
  const std::map<std::string, Strings> expected = {{"long TXT", {long_text}},
                                                   {"spf SPF", {long_text}},
                                                   {"several TXT", {"\"one\" \"two\""}},
                                                   {"full TXT", {absl::StrCat(full, " \"\"")}},
                                                   {"bare TXT", {"\"token=abc\""}}};
  EXPECT_EQ(Contents(id_), expected);
  // What is shown is what is there: it can be given back.
  EXPECT_EQ(
      Rules(id_, {Delete("long", "TXT", {long_text}), Delete("full", "TXT", {absl::StrCat(full, " \"\"")})}),
      Strings{"ok"});
}

TEST_F(RulesTest, EveryFaultSaysWhereAndWhatToDo) {
  for (const auto& rules : {FormRules(), StateRules(), ZoneRules()}) {
    for (const RuleCase& rule : rules) {
      const std::string id = NewZoneOf(absl::StrCat(rule.rule, ".test."));
      if (rule.broken.empty() || !rule.before.empty()) continue;
      const auto faults = FaultsOf(Change(id, rule.broken.front()).status());
      if (!faults.has_value()) continue;
      const admin::v1::Fault& fault = faults->faults(0);
      EXPECT_TRUE(!fault.owner().empty() || rule.rule == "bad-owner") << fault.DebugString();
      EXPECT_FALSE(fault.type().empty()) << fault.DebugString();
      EXPECT_GT(fault.message().size(), 20u) << fault.DebugString();
    }
  }
}

}  // namespace
}  // namespace quartet::controller
