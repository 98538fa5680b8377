#include "tests/bench/load.h"

#include <cstdio>
#include <cstdlib>
#include <random>
#include <utility>
#include <vector>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr std::size_t kDevices = 20;  // series of each metric that is made up

// Every other metric is a counter.
bool IsCounter(std::size_t series) { return series / kDevices % 2 == 0; }

class Played final : public Load {
 public:
  Played(Recording recording, std::size_t hosts)
      : recording_(std::move(recording)), schema_(SchemaOf(recording_)), hosts_(hosts) {}

  const SchemaPtr& schema() const override { return schema_; }
  std::unique_ptr<HostRows> RowsOf(std::size_t host) const override {
    return std::make_unique<Rows>(recording_, host * recording_.times_ms.size() / hosts_);
  }

 private:
  class Rows final : public HostRows {
   public:
    Rows(const Recording& recording, std::size_t offset) : recording_(recording), row_(offset) {}
    void Next(std::span<double> out) override {
      for (std::size_t i = 0; i < out.size(); ++i) out[i] = recording_.columns[i][row_];
      row_ = (row_ + 1) % recording_.times_ms.size();
    }

   private:
    const Recording& recording_;
    std::size_t row_;
  };

  const Recording recording_;
  const SchemaPtr schema_;
  const std::size_t hosts_;
};

class MadeUp final : public Load {
 public:
  explicit MadeUp(std::size_t count) {
    std::vector<MetricFamily> families;
    std::vector<Series> series;
    for (std::size_t i = 0; i < count; ++i) {
      if (i % kDevices == 0) {
        families.push_back({.name = absl::StrFormat("bench_metric_%d%s", i / kDevices,
                                                    IsCounter(i) ? "_total" : "_bytes"),
                            .help = "Made up.",
                            .label_names = {"device"}});
      }
      series.push_back({.family = static_cast<int>(families.size()) - 1,
                        .label_values = {absl::StrFormat("dev%d", i % kDevices)}});
    }
    schema_ = Schema::Create(std::move(families), std::move(series)).value();
  }

  const SchemaPtr& schema() const override { return schema_; }
  std::unique_ptr<HostRows> RowsOf(std::size_t host) const override {
    return std::make_unique<Rows>(schema_->series().size(), host);
  }

 private:
  class Rows final : public HostRows {
   public:
    Rows(std::size_t count, std::size_t host) : random_(host + 1), values_(count), paces_(count) {
      for (double& value : values_) value = static_cast<double>(random_() % 1'000'000);
      for (std::uint64_t& pace : paces_) pace = random_() % 2000;
    }
    void Next(std::span<double> out) override {
      for (std::size_t i = 0; i < out.size(); ++i) {
        double& value = values_[i];
        if (IsCounter(i)) {
          value += static_cast<double>(paces_[i] / 2 + random_() % (paces_[i] + 1));
        } else if (i % 4 < 2) {
          value += (static_cast<double>(random_() % 4096) - 2048) * 4096;
        } else if (i % 4 == 2) {
          value = static_cast<double>(random_() % 10'000) / 100;
        }
        out[i] = value;
      }
    }

   private:
    std::minstd_rand random_;
    std::vector<double> values_;
    std::vector<std::uint64_t> paces_;  // of the counters, a row, about
  };

  SchemaPtr schema_;
};

}  // namespace

std::string HostnameOf(std::size_t host) {
  return absl::StrFormat("host-%d.example.internal", host);
}

std::unique_ptr<Load> PlayRecording(Recording recording, std::size_t hosts) {
  return std::make_unique<Played>(std::move(recording), hosts);
}

std::unique_ptr<Load> MakeUp(std::size_t series) { return std::make_unique<MadeUp>(series); }

}  // namespace syspulse
