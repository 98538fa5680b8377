// Asks several servers that speak Prometheus' API the same range query, each some times one after
// the other over a connection that stays open, as a dashboard with many panels does:
//
//   history_ask --query='rate(x[1m])' --start=1 --end=2 --step=1 HOST:PORT HOST:PORT …
//
// Prints the medians of the milliseconds until the whole answer was there, in their order.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_format.h"
#include "tests/bench/http_connection.h"

namespace syspulse {
namespace {

struct AskOptions {
  std::string query;
  std::string start;
  std::string end;
  std::string step;
  std::size_t rounds = 3;  // in which each server has its turn
  std::size_t in_a_row = 7;
  int pause_ms = 300;  // before each turn: who had the one before is given time to clean up
  std::vector<std::string> servers;
};

std::string Encoded(const std::string& text) {
  std::string encoded;
  for (const char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c))) {
      encoded += c;
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

// Returns how long the answer takes. Ends the program if there is none.
double MillisOf(HttpConnection* server, const std::string& body) {
  const auto begin = std::chrono::high_resolution_clock::now();
  const auto answer = server->Post("Content-Type: application/x-www-form-urlencoded\r\n", body);
  const auto end = std::chrono::high_resolution_clock::now();
  if (!answer.ok()) {
    std::fprintf(stderr, "history_ask: %s\n", answer.status().ToString().c_str());
    std::exit(1);
  }
  return std::chrono::duration<double, std::milli>(end - begin).count();
}

int Main(int argc, char** argv) {
  AskOptions options;
  CLI::App app("Asks servers a range query in turn and prints medians of milliseconds.");
  app.add_option("--query", options.query)->required();
  app.add_option("--start", options.start)->required();
  app.add_option("--end", options.end)->required();
  app.add_option("--step", options.step)->required();
  app.add_option("--rounds", options.rounds)->check(CLI::Range(1, 1000));
  app.add_option("--in-a-row", options.in_a_row)->check(CLI::Range(1, 1000));
  app.add_option("--pause-ms", options.pause_ms);
  app.add_option("servers", options.servers)->required();
  CLI11_PARSE(app, argc, argv);
  const std::string body =
      absl::StrFormat("query=%s&start=%s&end=%s&step=%s", Encoded(options.query), options.start,
                      options.end, options.step);
  std::vector<std::unique_ptr<HttpConnection>> servers;
  for (const std::string& server : options.servers) {
    servers.push_back(std::make_unique<HttpConnection>(server + "/api/v1/query_range"));
  }
  std::vector<std::vector<double>> took(servers.size());  // ms
  for (std::size_t round = 0; round < options.rounds; ++round) {
    // Each comes after each of the others: one that collects its garbage would hold up who is next.
    for (std::size_t turn = 0; turn < servers.size(); ++turn) {
      const std::size_t place = (round + turn) % servers.size();
      std::this_thread::sleep_for(std::chrono::milliseconds(options.pause_ms));
      for (std::size_t i = 0; i < options.in_a_row; ++i) {
        took[place].push_back(MillisOf(servers[place].get(), body));
      }
    }
  }
  for (std::vector<double>& each : took) {
    std::ranges::sort(each);
    std::printf("%.3f ", each[each.size() / 2]);
  }
  std::printf("\n");
  return 0;
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) { return syspulse::Main(argc, argv); }
