// The store as PromQL sees it: a source of series.
#ifndef SERVICES_HISTORY_STORE_SERIES_H_
#define SERVICES_HISTORY_STORE_SERIES_H_

#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "services/promql/series_source.h"
#include "services/store/store.h"

namespace syspulse {

// Thread-safe.
class StoreSeries final : public promql::SeriesSource {
 public:
  // `store` must outlive this and all readers.
  explicit StoreSeries(Store* store) : store_(store) {}

  // Series of one source of a host stand beside each other: read in their order they cost least.
  absl::StatusOr<std::vector<std::unique_ptr<promql::SeriesReader>>> Select(
      std::span<const promql::Matcher> matchers, promql::TimeRange range,
      const promql::QueryContext& context) const override;

  absl::StatusOr<std::unique_ptr<promql::SelectedSeries>> SelectForThreads(
      std::span<const promql::Matcher> matchers, promql::TimeRange range) const override;

  std::string Losses(promql::TimeRange range) const override;

  // By name, then by host, then by labels; a page costs no more than what it holds.
  absl::StatusOr<promql::SeriesPage> List(std::span<const std::vector<promql::Matcher>> selectors,
                                          promql::TimeRange range, std::size_t most,
                                          std::string_view from,
                                          const promql::QueryContext& context) const override;

 private:
  Store* const store_;
};

}  // namespace syspulse

#endif  // SERVICES_HISTORY_STORE_SERIES_H_
