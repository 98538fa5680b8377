#include "services/store/damage_notes.h"

#include <gtest/gtest.h>

namespace syspulse {
namespace {

TEST(DamageNotes, TellEachPlaceOnce) {
  DamageNotes notes;
  EXPECT_EQ(notes.text(), "");
  for (const char* place : {"b", "a", "b"}) notes.Add(absl::DataLossError(place));
  EXPECT_EQ(notes.text(), "a; b");
}

TEST(DamageNotes, StayShort) {
  DamageNotes notes;
  for (const char* place : {"a", "b", "c", "d", "e"}) notes.Add(absl::DataLossError(place));
  EXPECT_EQ(notes.text(), "a; b; c; and more");
}

}  // namespace
}  // namespace syspulse
