// The examples, as their readers run them.
#include <gtest/gtest.h>
#include <sys/wait.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "tests/clients/cli/fake_server.h"

namespace syspulse {
namespace {

TEST(CppExample, PrintsALineForASnapshot) {
  const FakeServer server(SmallFleet());
  // It runs until it is ended: so it is, after its first line.
  const std::string command = "bash -c 'exec 3< <(exec " SYSPULSE_EXAMPLE " " + server.address() +
                              "); IFS= read -r -t 10 line <&3; kill $!; echo \"$line\"'";
  FILE* pipe = popen(command.c_str(), "r");
  std::array<char, 200> line{};
  EXPECT_NE(fgets(line.data(), static_cast<int>(line.size()), pipe), nullptr);
  pclose(pipe);
  EXPECT_STREQ(line.data(), "hosts/web-1  cpu 42%  memory 75%\n");
}

TEST(CppExample, FailsWhereThereIsNoService) {
  EXPECT_EQ(WEXITSTATUS(std::system(SYSPULSE_EXAMPLE " 127.0.0.1:1 2>/dev/null")), 1);
}

}  // namespace
}  // namespace syspulse
