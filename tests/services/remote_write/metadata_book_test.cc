#include "services/remote_write/metadata_book.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace syspulse {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

TEST(MetadataBook, RemembersWhatWasSaidLast) {
  MetadataBook book;
  EXPECT_TRUE(book.Take({.type = 1, .family = "b_total", .help = "Old."}));
  EXPECT_TRUE(book.Take({.type = 3, .family = "a_seconds", .help = "Time.", .unit = "seconds"}));
  EXPECT_TRUE(book.Take({.type = 1, .family = "b_total", .help = "New."}));
  EXPECT_TRUE(book.Take({.type = 99, .family = "c"}));
  EXPECT_THAT(book.All(),
              ElementsAre(Pair("a_seconds", MetricMeaning{"histogram", "Time.", "seconds"}),
                          Pair("b_total", MetricMeaning{"counter", "New.", ""}),
                          Pair("c", MetricMeaning{"unknown", "", ""})));
}

TEST(MetadataBook, IsBounded) {
  MetadataBook book;
  EXPECT_FALSE(book.Take({.family = ""}));
  EXPECT_FALSE(book.Take({.family = "no name"}));
  EXPECT_FALSE(book.Take({.family = "\xff"}));
  EXPECT_FALSE(book.Take({.family = std::string(5000, 'x')}));
  EXPECT_TRUE(book.Take({.family = "long", .help = std::string(5000, 'x')}));
  EXPECT_EQ(book.All().at("long").help.size(), MetadataBook::kMostTextBytes);
  for (std::size_t i = 1; i < MetadataBook::kMostMetrics; ++i) {
    EXPECT_TRUE(book.Take({.family = "m" + std::to_string(i)}));
  }
  EXPECT_TRUE(book.Take({.family = "long", .help = "Short."}));
  EXPECT_TRUE(book.Take({.family = "more"}));
  const auto all = book.All();
  EXPECT_EQ(all.size(), MetadataBook::kMostMetrics);
  EXPECT_TRUE(all.contains("long"));
  EXPECT_FALSE(all.contains("m1")) << "told of longest ago";
}

}  // namespace
}  // namespace syspulse
