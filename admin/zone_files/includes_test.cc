#include "admin/zone_files/includes.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "absl/strings/str_cat.h"

namespace quartet::admin {
namespace {

namespace fs = std::filesystem;

class IncludesTest : public ::testing::Test {
 protected:
  IncludesTest() : root_(fs::path(::testing::TempDir()) / "includes") {
    fs::remove_all(root_);
    fs::create_directories(root_ / "zones" / "sub");
  }

  void Write(const std::string& path, const std::string& text) { std::ofstream(root_ / path) << text; }

  InlinedFile Inline(const std::string& text) {
    return InlineIncludes(text, "main.zone", *dns::Name::Parse("example.com."), (root_ / "zones").string());
  }
  // Where a line of the text is: "file:line", file without its folders.
  static std::string PlaceOf(const InlinedFile& inlined, uint32_t line) {
    v1::Fault fault;
    fault.set_line(line);
    LocateInFiles(inlined, fault);
    return absl::StrCat(fs::path(fault.file()).filename().string(), ":", fault.line());
  }
  static std::string OnlyFault(const InlinedFile& inlined) {
    EXPECT_EQ(inlined.faults.size(), 1);
    if (inlined.faults.empty()) return "";
    const v1::Fault& fault = inlined.faults[0];
    EXPECT_EQ(fault.rule(), "include");
    return absl::StrCat(fault.line(), ":", fault.column(), " ", fault.message());
  }

  const fs::path root_;
};

TEST_F(IncludesTest, ATextWithoutAnyStaysAsItIs) {
  const std::string text = "$TTL 60\r\na A 192.0.2.1 ; $INCLUDE x\nb TXT \"$INCLUDE x\"\n";
  const InlinedFile inlined = Inline(text);
  EXPECT_EQ(inlined.text, text);
  EXPECT_EQ(PlaceOf(inlined, 3), "main.zone:3");
}

TEST_F(IncludesTest, PutsFilesInWithTheirOriginsAndGoesBackToTheOneBefore) {
  Write("zones/hosts", "a A 192.0.2.1\n$ORIGIN deep\nb A 192.0.2.2");
  Write("zones/sub/more", "c A 192.0.2.3\n");
  const InlinedFile inlined = Inline(
      "$TTL 60\n$INCLUDE hosts\nx A 192.0.2.9\n$ORIGIN sub\n  $include \"sub/more\" other.example.com. ; "
      "yes\ny A "
      "192.0.2.8\n");
  ASSERT_TRUE(inlined.faults.empty()) << inlined.faults[0].message();
  EXPECT_EQ(inlined.text,
            "$TTL 60\na A 192.0.2.1\n$ORIGIN deep\nb A 192.0.2.2\n$ORIGIN example.com.\nx A "
            "192.0.2.9\n$ORIGIN sub\n"
            "$ORIGIN other.example.com.\nc A 192.0.2.3\n$ORIGIN sub.example.com.\ny A 192.0.2.8\n");
  const char* const places[] = {"main.zone:1", "hosts:1",     "hosts:2",     "hosts:3",
                                "main.zone:2", "main.zone:3", "main.zone:4", "main.zone:5",
                                "more:1",      "main.zone:5", "main.zone:6"};
  for (uint32_t line = 1; line <= 11; ++line) EXPECT_EQ(PlaceOf(inlined, line), places[line - 1]) << line;
}

TEST_F(IncludesTest, FilesIncludeFiles) {
  Write("zones/a", "$INCLUDE b\na A 192.0.2.1\n");
  Write("zones/b", "b A 192.0.2.2\n");
  const InlinedFile inlined = Inline("$INCLUDE a\n");
  EXPECT_EQ(inlined.text, "b A 192.0.2.2\na A 192.0.2.1\n");
  EXPECT_EQ(PlaceOf(inlined, 2), "a:2");
}

TEST_F(IncludesTest, AFileThatDoesNotLieBelowTheDirectoryIsRefused) {
  Write("secret", "x A 192.0.2.1\n");
  Write("zones-too", "x A 192.0.2.1\n");
  fs::create_symlink("../secret", root_ / "zones" / "link");
  fs::create_symlink("sub", root_ / "zones" / "inside");
  Write("zones/sub/fine", "x A 192.0.2.1\n");
  for (const std::string name :
       {"../secret", "link", "sub/../../secret", "../zones-too", "/etc/passwd", "nothing", "sub", "."}) {
    const InlinedFile inlined = Inline(absl::StrCat("$TTL 60\n$INCLUDE ", name, "\n"));
    EXPECT_EQ(OnlyFault(inlined).substr(0, 5), "2:10 ") << name;
    EXPECT_EQ(inlined.text.find("192.0.2.1"), std::string::npos) << name;
  }
  EXPECT_EQ(OnlyFault(Inline("$INCLUDE link\n")),
            "1:10 'link' is not included: it does not lie below the directory of includes");
  EXPECT_TRUE(Inline("$INCLUDE inside/fine\n").faults.empty());
  EXPECT_TRUE(Inline(absl::StrCat("$INCLUDE ", (root_ / "zones/sub/fine").string(), "\n")).faults.empty());
}

TEST_F(IncludesTest, AFileThatIncludesItselfEnds) {
  Write("zones/loop", "$INCLUDE loop\n");
  const InlinedFile once = Inline("$INCLUDE loop\n");
  EXPECT_EQ(OnlyFault(once), "1:1 files include files over 16 deep");
  // Two each: 2^16 of them, were it not for the bound.
  Write("zones/loop", "$INCLUDE loop\n$INCLUDE loop\n");
  EXPECT_LE(static_cast<size_t>(Inline("$INCLUDE loop\n").faults.size()), 2 * kMaxIncludes);
}

TEST_F(IncludesTest, ARecordBehindNeedsItsOwner) {
  Write("zones/hosts", "a A 192.0.2.1\n");
  EXPECT_EQ(OnlyFault(Inline("x A 192.0.2.2\n$INCLUDE hosts\n  AAAA ::1\n")),
            "3:3 the record behind an $INCLUDE needs an owner of its own");
  EXPECT_TRUE(Inline("$INCLUDE hosts\n$TTL 5\nx A 192.0.2.2\n").faults.empty());
}

}  // namespace
}  // namespace quartet::admin
