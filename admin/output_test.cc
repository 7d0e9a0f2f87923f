#include "admin/output.h"

#include <gtest/gtest.h>

#include "quartet/admin/v1/fault.pb.h"

namespace quartet::admin {
namespace {

std::string Printed(const Table& table) {
  testing::internal::CaptureStdout();
  table.Print("none");
  return testing::internal::GetCapturedStdout();
}

TEST(TableTest, AlignsTextsLeftAndNumbersRight) {
  Table table({"NAME", "COUNT", "LAST"});
  table.Add({"Zürich", "7", "x"});
  table.Add({"a", "1234567", "y"});
  EXPECT_EQ(Printed(table), "NAME      COUNT  LAST\nZürich        7  x\na       1234567  y\n");
}

TEST(TableTest, WhatIsUnknownEverywhereIsNoNumber) {
  Table table({"COUNT", "NOTHING", "LAST"});
  table.Add({"-", "-", "x"});
  table.Add({"12", "-", "x"});
  EXPECT_EQ(Printed(table), "COUNT  NOTHING  LAST\n    -  -        x\n   12  -        x\n");
}

TEST(TableTest, HasItsWideColumnsOnlyIfAskedTo) {
  for (const bool wide : {false, true}) {
    Table table({"A"}, {"B"}, wide);
    table.Add({"x", "y"});
    EXPECT_EQ(Printed(table), wide ? "A  B\nx  y\n" : "A\nx\n");
  }
}

TEST(TableTest, ColoursTakeNoRoom) {
  Table table({"A", "B"});
  table.Add({"\x1b[32mok\x1b[0m", "x"});
  table.Add({"long", "x"});
  EXPECT_EQ(Printed(table), "A     B\n\x1b[32mok\x1b[0m    x\nlong  x\n");
}

TEST(TableTest, WhatCameFromElsewhereDoesNotDriveTheTerminal) {
  Table table({"A"});
  table.Add(
      {"\x1b[2J\x1b]0;owned\x07 a\nb\x7f \xc2\x9b"
       "5n \x1b[8m ü"});
  EXPECT_EQ(Printed(table), "A\n?[2J?]0;owned? a?b? ?5n ?[8m ü\n");
}

TEST(TableTest, SaysWhenItIsEmpty) { EXPECT_EQ(Printed(Table({"A"})), "none\n"); }

TEST(ColouredTest, IsPlainWhereThereIsNoTerminal) {
  testing::internal::CaptureStdout();
  EXPECT_EQ(Coloured(Colour::kRed, "no"), "no");
  testing::internal::GetCapturedStdout();
}

TEST(JsonOfTest, HasAllFieldsInOneLineOrMany) {
  v1::Fault fault;
  fault.set_rule("r");
  EXPECT_EQ(JsonOf(fault, true),
            "{\"line\":0,\"column\":0,\"file\":\"\",\"owner\":\"\",\"type\":\"\",\"rule\":\"r\",\"message\":"
            "\"\"}\n");
  EXPECT_EQ(JsonOf(fault, false).substr(0, 16), "{\n \"line\": 0,\n \"");
}

TEST(NumbersTest, AreWrittenForPeople) {
  EXPECT_EQ(WithCommas(1234567), "1,234,567");
  EXPECT_EQ(WithCommas(999), "999");
  EXPECT_EQ(Count(1, "zone"), "1 zone");
  EXPECT_EQ(Count(0, "zone"), "0 zones");
}

}  // namespace
}  // namespace quartet::admin
