#include "tests/bench/fleet/agents.h"

#include <algorithm>
#include <stop_token>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cpp/channel.h"
#include "services/base/version.h"

namespace syspulse {
namespace {

constexpr std::int64_t kBufferBytes = 16 << 20;  // of an agent: over an hour of 500 series
constexpr absl::Duration kLongestPause = absl::Seconds(10);  // as syspulse-agent has it
const absl::Duration kEverybodyIsBack = kLongestPause + absl::Seconds(10);
constexpr absl::Duration kFlushTimeout = absl::Seconds(2);  // as well
constexpr absl::Duration kPollInterval = absl::Milliseconds(20);

// gRPC shares a connection among channels that are configured alike: those that are to have one of
// their own carry different names.
std::shared_ptr<grpc::Channel> MakeConnection(const std::string& server, std::size_t number) {
  return MakeChannel({.server = server,
                      .program = absl::StrFormat("syspulse-load-%d", number),
                      .longest_pause = kLongestPause,
                      .large_answers = false});
}

Host Describe(const std::string& id) {
  return {.id = id,
          .hostname = id + ".example.internal",
          .agent_version = kVersion,
          .sample_interval = absl::Seconds(1)};
}

}  // namespace

PlayedAgents::Agent::Agent(const Fleet* fleet, std::size_t number)
    : host(fleet, number), buffer(kBufferBytes) {}

PlayedAgents::PlayedAgents(const AgentsOptions& options, const Fleet* fleet, const Clock* clock)
    : options_(options), clock_(clock), send_times_(options.agents) {
  const std::size_t connections =
      options_.connections == 0 ? options_.agents : options_.connections;
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (std::size_t i = 0; i < options_.agents; ++i) {
    if (i < connections) channels.push_back(MakeConnection(options_.server, i));
    Agent& agent = agents_.emplace_back(fleet, i);
    agent.stream = std::make_unique<PushStream>(
        channels[i % connections], &agent.buffer, clock_,
        PushOptions{
            .server = options_.server,
            .host = Describe(agent.host.id()),
            .session_id = absl::StrFormat("load-%d-%d", i, absl::ToUnixNanos(clock_->Now()))});
  }
}

PlayedAgents::~PlayedAgents() { ending_ = true; }

void PlayedAgents::PlaySecond(absl::Time second, bool timed) {
  const auto count = static_cast<double>(agents_.size());
  for (std::size_t i = 0; i < agents_.size(); ++i) {
    const absl::Time due = second + options_.spread * (static_cast<double>(i) / count) +
                           options_.jitter * RandomRatio();
    const absl::Duration early = due - clock_->Now();
    if (early > absl::ZeroDuration()) clock_->SleepUntil(clock_->Monotonic() + early, {});
    Agent& agent = agents_[i];
    Frame frame = agent.host.Measure(second);
    const absl::Duration now = clock_->Monotonic();
    if (timed) late_.Add(clock_->Now() - due);
    send_times_.Note(i, absl::ToUnixSeconds(second), now);
    ++sent_;
    agent.buffer.Add({Share(std::move(frame), now, timed)}, nullptr);
    agent.stream->Wake();
  }
}

// The buffer holds a frame until it is acknowledged, and nobody else does for longer.
FramePtr PlayedAgents::Share(Frame frame, absl::Duration sent, bool timed) {
  return {new Frame(std::move(frame)), [this, sent, timed](const Frame* released) {
            delete released;
            OnReleased(sent, timed);
          }};
}

void PlayedAgents::OnReleased(absl::Duration sent, bool timed) {
  if (ending_) return;
  if (timed) acknowledged_after_.Add(clock_->Monotonic() - sent);
  ++released_;
}

bool PlayedAgents::WaitUntilSettled(absl::Duration patience) {
  const absl::Duration start = clock_->Monotonic();
  const auto settles_until = [&](absl::Duration deadline) {
    while (released_ < sent_ && clock_->Monotonic() < deadline) {
      clock_->SleepUntil(clock_->Monotonic() + kPollInterval, std::stop_token());
    }
    return released_ == sent_;
  };
  if (settles_until(start + std::min(patience, kEverybodyIsBack))) return true;
  // What is late goes at a pace that new samples set, and there are none any more: agents that stop
  // send the rest.
  for (Agent& agent : agents_) {
    if (agent.buffer.Stats().batches > 0) agent.stream->Flush(kFlushTimeout);
  }
  return settles_until(start + patience);
}

AgentsCounts PlayedAgents::Counts() const {
  AgentsCounts counts{.sent = sent_};
  const std::int64_t released = released_;
  for (const Agent& agent : agents_) {
    counts.dropped += agent.buffer.Stats().dropped_frames;
    counts.reconnects += agent.stream->reconnects();
  }
  counts.acknowledged = released - counts.dropped;
  return counts;
}

}  // namespace syspulse
