// How many messages a second the service hands to its readers, and what a stream costs it.
//
//   fanout_bench --syspulsed=build/bin/syspulsed [--streams=N] [--seconds=S]
//
// Starts a syspulsed of its own on a free port, one agent that pushes a host's frames, and N
// streams of WatchSnapshots over 50 connections, all of them in this process: agent, readers and
// service share the machine. First the agent pushes once a second, then as fast as it is answered.
#include <fcntl.h>
#include <google/protobuf/arena.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "services/model/proto.h"
#include "syspulse/v1/ingest_service.grpc.pb.h"
#include "syspulse/v1/metrics_service.grpc.pb.h"

namespace syspulse {
namespace {

constexpr int kConnections = 50;
constexpr absl::Duration kPatience = absl::Seconds(30);
constexpr int kTimedEvery = 25;  // one stream in so many looks into its messages

// A syspulsed, from its start to its end.
class Server {
 public:
  explicit Server(const std::string& path) {
    char dir[] = "/tmp/fanout_bench_XXXXXX";
    if (mkdtemp(dir) == nullptr) Fail("cannot make a directory in /tmp");
    dir_ = dir;
    log_ = dir_ + "/log";
    pid_ = fork();
    if (pid_ == 0) {
      const int log = open(log_.c_str(), O_CREAT | O_WRONLY, 0600);
      dup2(log, STDERR_FILENO);
      const std::string data = "--data-dir=" + dir_ + "/data";
      // The recent past of a host grows with every frame, whoever reads it: it is kept small, so
      // that memory is that of the streams.
      execl(path.c_str(), path.c_str(), "--grpc-listen=127.0.0.1:0",
            "--exporter-listen=", "--max-streams=100000", "--recent-size=1MiB", data.c_str(),
            nullptr);
      _exit(127);
    }
    address_ = WaitForAddress();
  }
  ~Server() {
    kill(pid_, SIGTERM);
    waitpid(pid_, nullptr, 0);
    std::filesystem::remove_all(dir_);
  }
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  const std::string& address() const { return address_; }

  // Returns the memory that it holds, in bytes; /proc/[pid]/statm field 2.
  double Resident() const {
    std::ifstream statm(absl::StrFormat("/proc/%d/statm", pid_));
    double size = 0;
    double resident = 0;
    statm >> size >> resident;
    return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
  }
  // Returns the CPU time it has used, in seconds; /proc/[pid]/stat fields 14 and 15.
  double CpuSeconds() const {
    std::ifstream stat(absl::StrFormat("/proc/%d/stat", pid_));
    std::string field;
    for (int i = 1; i < 14; ++i) stat >> field;
    double user = 0;
    double system = 0;
    stat >> user >> system;
    return (user + system) / static_cast<double>(sysconf(_SC_CLK_TCK));
  }

  [[noreturn]] static void Fail(const std::string& sentence) {
    std::fprintf(stderr, "fanout_bench: %s\n", sentence.c_str());
    std::exit(1);
  }

 private:
  std::string WaitForAddress() const {
    const absl::Time deadline = absl::Now() + kPatience;
    while (absl::Now() < deadline) {
      std::ifstream log(log_);
      for (std::string line; std::getline(log, line);) {
        const auto start = line.find("listening on ");
        const auto end = line.find(" (grpc)");
        if (start != line.npos && end != line.npos) {
          return line.substr(start + 13, end - start - 13);
        }
      }
      absl::SleepFor(absl::Milliseconds(20));
    }
    Fail("syspulsed did not start");
  }

  std::string dir_;
  std::string log_;
  std::string address_;
  pid_t pid_ = -1;
};

// What all readers see together.
struct Tally {
  std::atomic<std::int64_t> streams_served{0};  // that have got a message
  std::atomic<std::int64_t> messages{0};
  std::atomic<std::int64_t> bytes{0};
  std::mutex mutex;
  std::vector<double> latencies;  // seconds from sample to reader
};

// One WatchSnapshots stream. Deletes itself at its end.
class Reader final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Reader(grpc::GenericStub* stub, Tally* tally, std::atomic<int>* open, bool timed)
      : tally_(tally), open_(open), timed_(timed) {
    ++*open_;
    stub->PrepareBidiStreamingCall(&context_, "/syspulse.v1.MetricsService/WatchSnapshots", {},
                                   this);
    StartWriteLast(&request_, grpc::WriteOptions());
    StartRead(&response_);
    StartCall();
  }
  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    if (!served_) ++tally_->streams_served;
    served_ = true;
    ++tally_->messages;
    tally_->bytes += static_cast<std::int64_t>(response_.Length());
    if (timed_) Time();
    StartRead(&response_);
  }
  void OnDone(const grpc::Status&) override {
    --*open_;
    delete this;
  }

 private:
  void Time() {
    const absl::Time now = absl::Now();
    v1::WatchSnapshotsResponse message;
    if (!grpc::SerializationTraits<v1::WatchSnapshotsResponse>::Deserialize(&response_, &message)
             .ok()) {
      return;
    }
    const auto sampled = FromProto(message.snapshot().sample_time());
    const std::scoped_lock lock(tally_->mutex);
    tally_->latencies.push_back(absl::ToDoubleSeconds(now - *sampled));
    response_.Clear();
  }

  Tally* const tally_;
  std::atomic<int>* const open_;
  const bool timed_;
  bool served_ = false;
  grpc::ClientContext context_;
  grpc::ByteBuffer request_{[] {
    const grpc::Slice empty;
    return grpc::ByteBuffer(&empty, 1);
  }()};
  grpc::ByteBuffer response_;
};

// Returns the series of a host with 4 cores, 2 disks and 2 networks, as node_exporter names them.
SchemaPtr HostSchema() {
  std::vector<MetricFamily> families;
  std::vector<Series> series;
  const auto add = [&](const std::string& name, const std::vector<std::string>& labels,
                       const std::vector<std::vector<std::string>>& values) {
    for (const auto& one : values) {
      series.push_back({.family = static_cast<int>(families.size()), .label_values = one});
    }
    families.push_back({.name = name, .type = MetricType::kCounter, .label_names = labels});
  };
  std::vector<std::vector<std::string>> cpus;
  for (const char* cpu : {"0", "1", "2", "3"}) {
    for (const char* mode :
         {"user", "nice", "system", "idle", "iowait", "irq", "softirq", "steal"}) {
      cpus.push_back({cpu, mode});
    }
  }
  add("node_cpu_seconds_total", {"cpu", "mode"}, cpus);
  for (const char* name :
       {"node_load1", "node_load5", "node_load15", "node_boot_time_seconds", "node_time_seconds",
        "node_memory_MemTotal_bytes", "node_memory_MemAvailable_bytes", "node_memory_MemFree_bytes",
        "node_memory_Buffers_bytes", "node_memory_Cached_bytes", "node_memory_SwapTotal_bytes",
        "node_memory_SwapFree_bytes"}) {
    add(name, {}, {{}});
  }
  for (const char* name :
       {"node_disk_read_bytes_total", "node_disk_written_bytes_total",
        "node_disk_reads_completed_total", "node_disk_writes_completed_total",
        "node_disk_io_time_seconds_total", "node_network_receive_bytes_total",
        "node_network_transmit_bytes_total", "node_network_receive_packets_total",
        "node_network_transmit_packets_total"}) {
    add(name, {"device"}, {{"one"}, {"two"}});
  }
  return *Schema::Create(std::move(families), std::move(series));
}

// An agent that pushes a frame whenever it is told to.
class Agent {
 public:
  explicit Agent(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(v1::IngestService::NewStub(channel)), stream_(stub_->PushFrames(&context_)) {
    v1::PushFramesRequest request;
    request.mutable_hello()->set_session_id("bench");
    request.mutable_hello()->mutable_host()->set_name("hosts/bench");
    request.mutable_hello()->mutable_host()->set_hostname("bench");
    Exchange(request);
  }
  ~Agent() {
    stream_->WritesDone();
    stream_->Finish();
  }
  Agent(const Agent&) = delete;
  Agent& operator=(const Agent&) = delete;

  void Push() {
    v1::PushFramesRequest request;
    v1::FrameBatch& batch = *request.mutable_batch();
    batch.set_sequence(++sequence_);
    if (sequence_ == 1) ToProto(*schema_, batch.add_schemas());
    std::vector<double> values(schema_->series().size());
    for (std::size_t i = 0; i < values.size(); ++i) {
      values[i] = static_cast<double>(sequence_) * 1.25 + static_cast<double>(i);
    }
    ToProto(Frame{.host = "bench",
                  .source = "system",
                  .schema = schema_,
                  .time = absl::Now(),
                  .values = std::move(values)},
            batch.add_frames());
    Exchange(request);
  }

 private:
  void Exchange(const v1::PushFramesRequest& request) {
    v1::PushFramesResponse response;
    if (!stream_->Write(request) || !stream_->Read(&response)) {
      Server::Fail("the agent's stream ended: " + stream_->Finish().error_message());
    }
  }

  const SchemaPtr schema_ = HostSchema();
  grpc::ClientContext context_;
  std::unique_ptr<v1::IngestService::Stub> stub_;
  std::unique_ptr<grpc::ClientReaderWriter<v1::PushFramesRequest, v1::PushFramesResponse>> stream_;
  std::int64_t sequence_ = 0;
};

double Percentile(std::vector<double> values, double share) {
  if (values.empty()) return 0;
  std::ranges::sort(values);
  return values[static_cast<std::size_t>(share * static_cast<double>(values.size() - 1))];
}

// Lets the agent push for a while, every `interval` or as fast as it is answered, and prints what
// arrived.
void Measure(const char* name, const Server& server, Agent* agent, Tally* tally,
             absl::Duration duration, absl::Duration interval) {
  {
    const std::scoped_lock lock(tally->mutex);
    tally->latencies.clear();
  }
  const std::int64_t messages = tally->messages;
  const std::int64_t bytes = tally->bytes;
  const double cpu = server.CpuSeconds();
  const absl::Time start = absl::Now();
  absl::Time next = start;
  int pushes = 0;
  while (absl::Now() < start + duration) {
    agent->Push();
    ++pushes;
    next += interval;
    if (interval > absl::ZeroDuration()) absl::SleepFor(next - absl::Now());
  }
  const double seconds = absl::ToDoubleSeconds(absl::Now() - start);
  const auto received = static_cast<double>(tally->messages - messages);
  const double used = server.CpuSeconds() - cpu;
  const std::scoped_lock lock(tally->mutex);
  std::printf(
      "%-12s %6d pushes %9.0f messages/s  %5.0f B  p50 %6.1f ms  p99 %6.1f ms  server CPU %5.1f us "
      "a "
      "message, %3.0f %% of a core\n",
      name, pushes, received / seconds,
      received > 0 ? static_cast<double>(tally->bytes - bytes) / received : 0,
      1e3 * Percentile(tally->latencies, 0.5), 1e3 * Percentile(tally->latencies, 0.99),
      received > 0 ? 1e6 * used / received : 0, 100 * used / seconds);
}

void Run(const std::string& syspulsed, int streams, absl::Duration duration) {
  const Server server(syspulsed);
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs;
  for (int i = 0; i < kConnections; ++i) {
    grpc::ChannelArguments own_connection;
    own_connection.SetInt("syspulse.connection", i);
    channels.push_back(grpc::CreateCustomChannel(
        server.address(), grpc::InsecureChannelCredentials(), own_connection));
    if (!channels.back()->WaitForConnected(absl::ToChronoTime(absl::Now() + kPatience))) {
      Server::Fail("syspulsed does not answer");
    }
    stubs.push_back(std::make_unique<grpc::GenericStub>(channels.back()));
  }
  Agent agent(channels.front());
  agent.Push();
  agent.Push();
  const double before = server.Resident();
  Tally tally;
  std::atomic<int> open{0};
  std::vector<Reader*> readers;
  for (int i = 0; i < streams; ++i) {
    readers.push_back(new Reader(stubs[static_cast<std::size_t>(i % kConnections)].get(), &tally,
                                 &open, i % kTimedEvery == 0));
  }
  const absl::Time deadline = absl::Now() + kPatience;
  while (tally.streams_served < streams && absl::Now() < deadline) {
    absl::SleepFor(absl::Milliseconds(20));
  }
  if (tally.streams_served < streams) Server::Fail("not every stream got a message");
  std::printf("%d streams over %d connections: %.1f KiB a stream\n", streams, kConnections,
              (server.Resident() - before) / streams / 1024);
  Measure("once a second", server, &agent, &tally, duration, absl::Seconds(1));
  Measure("saturated", server, &agent, &tally, duration, absl::ZeroDuration());
  std::printf("%12s %.1f KiB a stream behind it\n", "",
              (server.Resident() - before) / streams / 1024);
  for (Reader* reader : readers) reader->Cancel();
  while (open > 0) absl::SleepFor(absl::Milliseconds(5));
}

}  // namespace
}  // namespace syspulse

int main(int argc, char** argv) {
  CLI::App app("Measures the fan-out of syspulsed.", "fanout_bench");
  std::string syspulsed;
  std::vector<int> streams = {1000, 5000};
  int seconds = 6;
  app.add_option("--syspulsed", syspulsed, "The program to measure")->required();
  app.add_option("--streams", streams, "How many readers");
  app.add_option("--seconds", seconds, "How long each measurement takes");
  CLI11_PARSE(app, argc, argv);
  for (const int count : streams) syspulse::Run(syspulsed, count, absl::Seconds(seconds));
  return 0;
}
