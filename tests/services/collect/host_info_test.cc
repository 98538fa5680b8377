#include "services/collect/host_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_format.h"
#include "services/collect/sha256.h"
#include "tests/services/collect/fixture_tree.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Hex(std::string_view text) {
  std::string hex;
  for (const std::uint8_t byte : Sha256(text)) hex += absl::StrFormat("%02x", byte);
  return hex;
}

TEST(Sha256, GivesTheHashesOfTheStandard) {
  EXPECT_EQ(Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(DescribeHost, TellsWhoTheMachineIs) {
  const FixtureTree tree;
  const auto host = DescribeHost(ProcFs(tree.roots()));
  ASSERT_THAT(host, IsOk());
  EXPECT_EQ(host->hostname, "web-1.example.org");
  EXPECT_EQ(host->os_name, "Debian GNU/Linux 12 (bookworm)");
  EXPECT_EQ(host->kernel_release, "6.1.0-28-amd64");
  EXPECT_EQ(host->architecture, "x86_64");
  EXPECT_EQ(host->core_count, 4);
  EXPECT_EQ(host->memory_bytes, 16384000LL * 1024);
  EXPECT_EQ(host->boot_time, absl::FromUnixSeconds(1'700'000'000));
  EXPECT_THAT(host->limitations, IsEmpty());
}

TEST(DescribeHost, DerivesAnIdThatIsStableAndDoesNotGiveTheMachineIdAway) {
  const FixtureTree tree;
  const auto host = DescribeHost(ProcFs(tree.roots()));
  ASSERT_THAT(host, IsOk());
  EXPECT_EQ(host->id, Hex("syspulse host id: 0123456789abcdef0123456789abcdef").substr(0, 32));
}

TEST(DescribeHost, TakesTheIdThatIsGivenAndRefusesOneThatCannotBe) {
  const FixtureTree tree;
  const ProcFs procfs(tree.roots());
  EXPECT_EQ(DescribeHost(procfs, {.host_id = "web-1"})->id, "web-1");
  EXPECT_THAT(DescribeHost(procfs, {.host_id = "Web_1"}),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("'Web_1'")));
}

TEST(DescribeHost, KeepsARandomIdWhereThereIsNoMachineId) {
  const FixtureTree tree;
  tree.Write("rootfs/etc/machine-id", "uninitialized\n");
  const ProcFs procfs(tree.roots());
  const HostInfoOptions options{.id_file = tree.Path("host-id")};
  const auto first = DescribeHost(procfs, options);
  ASSERT_THAT(first, IsOk());
  EXPECT_TRUE(IsHostId(first->id));
  EXPECT_NE(first->id, "web-1-example-org");
  EXPECT_EQ(DescribeHost(procfs, options)->id, first->id);
  tree.Write("host-id", "damaged id!\n");
  EXPECT_NE(DescribeHost(procfs, options)->id, first->id);
}

TEST(DescribeHost, FallsBackToTheHostnameAndSaysSo) {
  const FixtureTree tree;
  tree.Remove("rootfs/etc/machine-id");
  const auto host =
      DescribeHost(ProcFs(tree.roots()), {.id_file = tree.Path("no/such/directory/id")});
  ASSERT_THAT(host, IsOk());
  EXPECT_EQ(host->id, "web-1-example-org");
  EXPECT_THAT(host->limitations, testing::ElementsAre(HasSubstr("--host-id")));
}

TEST(DescribeHost, NamesWhatItCannotRead) {
  const FixtureTree tree;
  tree.Remove("proc/meminfo");
  tree.Remove("proc/sys");
  tree.Remove("rootfs/etc/os-release");
  const auto host = DescribeHost(ProcFs(tree.roots()));
  ASSERT_THAT(host, IsOk());
  EXPECT_EQ(host->hostname, host->id);
  EXPECT_THAT(host->limitations, testing::ElementsAre(HasSubstr("hostname"), HasSubstr("meminfo")));
}

TEST(HostIdFromHostname, IsAlwaysAHostId) {
  EXPECT_EQ(HostIdFromHostname("Web_1.Example.ORG"), "web-1-example-org");
  EXPECT_EQ(HostIdFromHostname("--a--"), "a");
  EXPECT_EQ(HostIdFromHostname(""), "localhost");
  EXPECT_EQ(HostIdFromHostname("\xff\xff"), "localhost");
  EXPECT_TRUE(IsHostId(HostIdFromHostname(std::string(62, 'a') + ".b")));
}

TEST(HostIdFromMachineId, RefusesWhatIsNotAMachineId) {
  for (const char* text : {"", "uninitialized", "0123456789ABCDEF0123456789ABCDEF",
                           "0123456789abcdef0123456789abcde"}) {
    EXPECT_EQ(HostIdFromMachineId(text), "") << text;
  }
}

TEST(ParseOsName, PrefersThePrettyNameAndTakesQuotesOff) {
  EXPECT_EQ(ParseOsName("NAME=\"Debian\"\nPRETTY_NAME='Debian 12'\n"), "Debian 12");
  EXPECT_EQ(ParseOsName("NAME=Alpine\nID=alpine\n"), "Alpine");
  EXPECT_EQ(ParseOsName("garbage\n\n=\n"), "");
}

}  // namespace
}  // namespace syspulse
