#include "controller/registrar/registries/seen_objects.h"

#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"

namespace quartet::controller {
namespace {

TEST(SeenObjectsTest, OnlyWhatWasSeenIsSo) {
  SeenObjects seen;
  EXPECT_FALSE(seen.Has("ns1.a.test", "192.0.2.1"));
  seen.Note("ns1.a.test", "192.0.2.1");
  EXPECT_TRUE(seen.Has("ns1.a.test", "192.0.2.1"));
  EXPECT_FALSE(seen.Has("ns1.a.test", "192.0.2.2"));
  seen.Note("ns1.a.test", "192.0.2.2");
  EXPECT_FALSE(seen.Has("ns1.a.test", "192.0.2.1"));
}

TEST(SeenObjectsTest, WhatGoesWithItsDomainIsForgotten) {
  SeenObjects seen;
  seen.Note("ns1.a.test", "");
  seen.Note("ns1.ba.test", "");
  seen.ForgetWithin("a.test");
  EXPECT_FALSE(seen.Has("ns1.a.test", ""));
  EXPECT_TRUE(seen.Has("ns1.ba.test", ""));
  seen.ForgetAll();
  EXPECT_FALSE(seen.Has("ns1.ba.test", ""));
}

TEST(SeenObjectsTest, ItsMemoryIsBounded) {
  SeenObjects seen;
  for (size_t i = 0; i < SeenObjects::kMost; ++i) seen.Note(absl::StrCat("ns", i, ".test"), "");
  seen.Note("ns0.test", "192.0.2.1");
  EXPECT_TRUE(seen.Has("ns1.test", ""));
  seen.Note("one-more.test", "");
  EXPECT_FALSE(seen.Has("ns1.test", ""));
  EXPECT_TRUE(seen.Has("one-more.test", ""));
}

}  // namespace
}  // namespace quartet::controller
