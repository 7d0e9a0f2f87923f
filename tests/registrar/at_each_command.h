// An operation done again and again, each time with another of its commands dealt a blow.
#pragma once

#include <gtest/gtest.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/registrar/registrar_world.h"

namespace quartet::controller {

struct OperationUnderTest {
  stored::v1::DomainOperationKind kind = stored::v1::DOMAIN_OPERATION_KIND_UNSPECIFIED;
  // Below ".test", with a number before it.
  std::string label;
  // What it needs to be there before it is submitted.
  std::function<void(const std::string& domain)> prepare = nullptr;
  std::function<stored::v1::DomainWish(const std::string& domain)> wish = nullptr;
  // What others do while it is under way, if they do something: called once it is submitted (and a dead controller is
  // started anew).
  std::function<void(const std::string& operation, const std::string& domain)> meanwhile = nullptr;
  // So many of its commands are struck: one that waits asks again and again.
  size_t most = SIZE_MAX;
  // It has succeeded: is what was asked for so, once?
  std::function<void(const std::string& domain)> check = nullptr;
};

// Loses each command's answer once, before and after it is done, and has the controller die there. Returns how many blows were dealt.
inline size_t AtEachCommand(RegistrarWorld& world, const OperationUnderTest& test) {
  size_t blows = 0;
  int number = 0;
  for (const Blow blow : {Blow::kLostBefore, Blow::kLostAfter, Blow::kDeadBefore, Blow::kDeadAfter}) {
    bool struck = true;
    for (size_t command = 0; struck && command < test.most; ++command) {
      const std::string domain = absl::StrCat(test.label, ++number, ".test");
      SCOPED_TRACE(absl::StrCat(domain, ": blow ", static_cast<int>(blow), " at command ", command));
      test.prepare(domain);
      const stored::v1::DomainWish wish = test.wish(domain);
      world.fragile().Strike(command, blow);
      const std::string id = world.Submit(test.kind, domain, wish);
      if (IsDeath(blow)) {
        struck = world.AwaitStruckOrEnd(id);
        if (struck) world.Restart();
      }
      if (test.meanwhile) test.meanwhile(id, domain);
      const stored::v1::DomainOperationRow row = world.AwaitEnd(id);
      if (!IsDeath(blow)) struck = world.fragile().struck();
      blows += struck ? 1 : 0;
      world.fragile().Revive();
      EXPECT_EQ(row.state(), stored::v1::DOMAIN_OPERATION_STATE_SUCCESSFUL) << row.ShortDebugString();
      test.check(domain);
      if (testing::Test::HasFailure()) return blows;
    }
  }
  return blows;
}

}  // namespace quartet::controller
