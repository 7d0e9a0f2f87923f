#include "controller/registrar/epp/frame.h"

#include <gtest/gtest.h>

namespace quartet::controller::epp {
namespace {

using absl::string_view;

std::string NextOf(FrameReader& reader) {
  const absl::StatusOr<std::optional<std::string>> message = reader.Next();
  if (!message.ok()) return message.status().ToString();
  return message->value_or("(none)");
}

TEST(FrameTest, TheLengthCountsItself) { EXPECT_EQ(Frame("<epp/>"), std::string("\0\0\0\x0a<epp/>", 10)); }

TEST(FrameReaderTest, MessagesComeWholeHoweverTheBytesAreCut) {
  const std::string stream = Frame("first") + Frame("second");
  for (size_t cut = 0; cut <= stream.size(); ++cut) {
    FrameReader reader;
    std::string all;
    for (const string_view part : {string_view(stream).substr(0, cut), string_view(stream).substr(cut)}) {
      reader.Feed(part);
      for (std::string message = NextOf(reader); message != "(none)"; message = NextOf(reader))
        all += message + " ";
    }
    EXPECT_EQ(all, "first second ") << "cut at " << cut;
  }
}

TEST(FrameReaderTest, RefusesLengthsThatNoMessageHas) {
  for (const string_view header : {string_view("\0\0\0\0", 4), string_view("\0\0\0\4", 4),
                                   string_view("\xff\xff\xff\xff", 4), string_view("\0\0\0\x65", 4)}) {
    FrameReader reader(100);
    reader.Feed(header);
    EXPECT_EQ(reader.Next().status().code(), absl::StatusCode::kOutOfRange);
  }
}

}  // namespace
}  // namespace quartet::controller::epp
