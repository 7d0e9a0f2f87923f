#include "nameserver/zone/page.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "nameserver/zone/page_search.h"
#include "nameserver/zone/page_writer.h"

namespace quartet::nameserver {
namespace {

struct Free {
  void operator()(Page* page) const { std::free(page); }
};
using OwnedPage = std::unique_ptr<Page, Free>;

// A leaf payload without record sets.
const std::string kPayload(3, '\0');

OwnedPage MakePage(const std::set<std::string>& keys) {
  EntryList entries;
  for (const std::string& key : keys) entries.Add(key, kPayload);
  return OwnedPage(WritePage(entries, 0, entries.count(), 0));
}

Page::Place Find(const Page& page, const std::string& key) {
  std::vector<uint8_t> readable(key.begin(), key.end());
  readable.resize(key.size() + kReadSlack, 0);
  return page.Find(readable.data(), key.size());
}

// Keys of one to three labels over few letters, many with long parts in common.
std::string RandomKey(std::mt19937* random) {
  std::string key;
  for (size_t labels = 1 + (*random)() % 3; labels > 0; --labels) {
    if ((*random)() % 2 == 0) key += "a-long-common-part-";
    for (size_t i = (*random)() % 9 + 1; i > 0; --i) key += static_cast<char>("ab\x01\xff"[(*random)() % 4]);
    key += '\0';
  }
  return key;
}

TEST(PageTest, FindsEveryKeyAndThePlaceOfOthers) {
  std::mt19937 random(3);
  for (int round = 0; round < 300; ++round) {
    std::set<std::string> keys;
    if (round % 2 == 0) keys.insert("");
    const std::string common = round % 3 == 0 ? RandomKey(&random) : "";
    for (size_t count = 1 + random() % 60; count > 0; --count) keys.insert(common + RandomKey(&random));
    const OwnedPage page = MakePage(keys);
    ASSERT_EQ(page->count, keys.size());
    const std::vector<std::string> order(keys.begin(), keys.end());
    for (size_t i = 0; i < order.size(); ++i) {
      const Page::Place place = Find(*page, order[i]);
      EXPECT_TRUE(place.found);
      EXPECT_EQ(place.index, i);
      uint8_t key[dns::kMaxKey + kReadSlack];
      EXPECT_EQ(std::string(reinterpret_cast<char*>(key), page->ReadKey(i, key)), order[i]);
    }
    for (int i = 0; i < 60; ++i) {
      const std::string key = (i % 2 == 0 ? common : "") + RandomKey(&random);
      const auto expected = std::lower_bound(order.begin(), order.end(), key);
      const Page::Place place = Find(*page, key);
      EXPECT_EQ(place.index, static_cast<size_t>(expected - order.begin()));
      EXPECT_EQ(place.found, expected != order.end() && *expected == key);
    }
  }
}

TEST(PageTest, ShortcutsByHeadsAgreeOrSayThatTheyCantTell) {
  std::mt19937 random(5);
  size_t told = 0;
  for (int round = 0; round < 200; ++round) {
    std::set<std::string> keys;
    while (keys.size() < Page::kBlock + round % 40) keys.insert(RandomKey(&random));
    const OwnedPage page = MakePage(keys);
    for (int i = 0; i < 100; ++i) {
      const std::string key = RandomKey(&random);
      std::vector<uint8_t> readable(key.begin(), key.end());
      readable.resize(key.size() + kReadSlack, 0);
      const Page::Place expected = page->Find(readable.data(), key.size());
      Page::Place place;
      if (page->FinishByHead(page->Begin(readable.data()), key.size(), &place)) {
        ++told;
        EXPECT_EQ(place.index, expected.index);
        EXPECT_EQ(place.found, expected.found);
      }
      const size_t child = page->FindChildByHead(readable.data(), key.size());
      if (child < page->count) {
        EXPECT_EQ(child, page->FindChild(readable.data(), key.size()));
      }
    }
  }
  EXPECT_GT(told, 1000u);
}

TEST(PageTest, LongestKeysFit) {
  const std::string longest = std::string(508, '\1') + std::string(1, 'x') + std::string(1, '\0');
  const OwnedPage page = MakePage({"", std::string("a\0", 2), longest});
  EXPECT_TRUE(Find(*page, longest).found);
}

TEST(PageWriterTest, SplitsEvenlyAndSeparates) {
  EntryList entries;
  for (int i = 1000; i < 2000; ++i) entries.Add("host" + std::to_string(i) + std::string(1, '\0'), kPayload);
  std::vector<PageRef> pages = WritePages(entries, 0, "");
  ASSERT_GT(pages.size(), 3u);
  size_t count = 0;
  for (size_t i = 0; i < pages.size(); ++i) {
    const OwnedPage page(const_cast<Page*>(pages[i].page));
    uint8_t key[dns::kMaxKey + kReadSlack];
    const std::string first(reinterpret_cast<char*>(key), page->ReadKey(0, key));
    EXPECT_LE(pages[i].separator, first);
    EXPECT_LE(pages[i].separator.size(), first.size());
    if (i > 0) {
      EXPECT_GT(pages[i].separator, entries.key(count - 1));
    }
    EXPECT_LE(page->bytes, kPageTarget + 64);
    EXPECT_GT(page->bytes, kPageTarget / 4);
    count += page->count;
  }
  EXPECT_EQ(count, 1000u);
}

TEST(PageWriterTest, SeparatorIsTheShortest) {
  EXPECT_EQ(Separator("abc", "abd"), "abd");
  EXPECT_EQ(Separator("abc", "b-very-long"), "b");
  EXPECT_EQ(Separator("", "b-very-long"), "b");
}

}  // namespace
}  // namespace quartet::nameserver
