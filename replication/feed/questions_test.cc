#include "replication/feed/questions.h"

#include <gtest/gtest.h>

namespace quartet::replication {
namespace {

v1::Inquiry Inquiry(uint64_t id) {
  v1::Inquiry inquiry;
  inquiry.set_id(id);
  return inquiry;
}

v1::ReportPart Part(uint64_t inquiry, uint32_t part, bool last) {
  v1::ReportPart message;
  message.set_inquiry(inquiry);
  message.set_part(part);
  message.set_last(last);
  return message;
}

TEST(QuestionsTest, TheNextIsAskedOnceTheOneBeforeIsAnswered) {
  Questions questions;
  ASSERT_TRUE(questions.Add(Inquiry(1)).ok());
  ASSERT_TRUE(questions.Add(Inquiry(2)).ok());
  EXPECT_EQ(questions.Next()->id(), 1u);
  EXPECT_FALSE(questions.Next().has_value());
  EXPECT_TRUE(questions.Answered(Part(1, 0, false)).ok());
  EXPECT_FALSE(questions.Next().has_value());
  EXPECT_TRUE(questions.Answered(Part(1, 1, true)).ok());
  EXPECT_EQ(questions.Next()->id(), 2u);
  EXPECT_TRUE(questions.Answered(Part(2, 0, true)).ok());
  EXPECT_FALSE(questions.Next().has_value());
}

TEST(QuestionsTest, PartsNobodyAskedForAreRefused) {
  Questions questions;
  EXPECT_TRUE(absl::IsInvalidArgument(questions.Answered(Part(1, 0, true))));
  ASSERT_TRUE(questions.Add(Inquiry(1)).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(questions.Answered(Part(1, 0, true))));
  questions.Next();
  EXPECT_TRUE(absl::IsInvalidArgument(questions.Answered(Part(2, 0, true))));
  EXPECT_TRUE(absl::IsInvalidArgument(questions.Answered(Part(1, 1, true))));
  v1::ReportPart large = Part(1, 0, true);
  large.set_error(std::string(Questions::kMaxPartBytes, 'x'));
  EXPECT_TRUE(absl::IsResourceExhausted(questions.Answered(large)));
  EXPECT_TRUE(questions.Answered(Part(1, 0, true)).ok());
}

TEST(QuestionsTest, AReportHasSoManyPartsAtMost) {
  Questions questions;
  ASSERT_TRUE(questions.Add(Inquiry(1)).ok());
  questions.Next();
  for (uint32_t part = 0; part < Questions::kMaxParts; ++part)
    ASSERT_TRUE(questions.Answered(Part(1, part, false)).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(questions.Answered(Part(1, Questions::kMaxParts, true))));
}

TEST(QuestionsTest, SoManyAreUnansweredAtMostEachWithItsOwnId) {
  Questions questions;
  for (size_t i = 0; i < Questions::kMaxUnanswered; ++i) ASSERT_TRUE(questions.Add(Inquiry(i)).ok());
  EXPECT_TRUE(absl::IsResourceExhausted(questions.Add(Inquiry(99))));
  questions.Next();
  ASSERT_TRUE(questions.Answered(Part(0, 0, true)).ok());
  EXPECT_TRUE(absl::IsAlreadyExists(questions.Add(Inquiry(1))));
  EXPECT_TRUE(questions.Add(Inquiry(99)).ok());
}

TEST(QuestionsTest, WhatIsAbandonedEndsWithAnErrorEach) {
  Questions questions;
  ASSERT_TRUE(questions.Add(Inquiry(1)).ok());
  ASSERT_TRUE(questions.Add(Inquiry(2)).ok());
  questions.Next();
  ASSERT_TRUE(questions.Answered(Part(1, 0, false)).ok());
  const std::vector<v1::ReportPart> parts = questions.Abandon("gone");
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].inquiry(), 1u);
  EXPECT_EQ(parts[0].part(), 1u);
  EXPECT_EQ(parts[1].inquiry(), 2u);
  EXPECT_EQ(parts[1].part(), 0u);
  for (const v1::ReportPart& part : parts) {
    EXPECT_TRUE(part.last());
    EXPECT_EQ(part.error(), "gone");
  }
  EXPECT_TRUE(questions.Abandon("gone").empty());
}

}  // namespace
}  // namespace quartet::replication
