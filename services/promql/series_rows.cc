#include "services/promql/series_rows.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "services/base/status_macros.h"
#include "services/promql/row_pieces.h"

namespace syspulse::promql {
namespace {

// Work is counted in samples that are read and steps that are filled: a nanosecond or two each.
constexpr std::size_t kEnough = 128 << 10;  // to be shared
constexpr std::size_t kPiece = 32 << 10;
// Samples of a series. Each thread has a few such columns, 8 MiB each.
constexpr std::size_t kLongSeries = 1 << 20;

// One evaluation of SendRows.
class RowSender {
 public:
  RowSender(Evaluation& evaluation, std::unique_ptr<SelectedSeries> series, std::size_t steps,
            const NewRowMaker& new_maker, const RowSink& sink)
      : evaluation_(evaluation),
        workers_(evaluation.workers()),
        context_(evaluation.context()),
        series_(std::move(series)),
        steps_(steps),
        new_maker_(new_maker),
        sink_(sink) {}

  absl::Status Send() {
    const std::size_t count = SeriesOfPiece();
    RETURN_IF_ERROR(count > 0 ? SendPieces(count) : SendEach());
    evaluation_.NoteDamage(series_->damage());
    return absl::OkStatus();
  }

 private:
  absl::Status SendEach() {
    const std::unique_ptr<PieceMaker> maker = NewMaker();
    RowPiece piece;
    while (next_ < series_->size()) {
      maker->Make(next_, next_ + 1, &piece);
      RETURN_IF_ERROR(Take(piece));
    }
    return absl::OkStatus();
  }

  std::unique_ptr<PieceMaker> NewMaker() const {
    return std::make_unique<PieceMaker>(series_->NewCursor(), new_maker_(), steps_, context_);
  }

  // Returns how many series make a piece; 0 if several threads would have too little to do.
  std::size_t SeriesOfPiece() const {
    const std::size_t series = series_->size();
    if (series < 2) return 0;
    const std::size_t each = series_->SampleEstimate() / series + steps_;
    if (each * series < kEnough || each > kLongSeries) return 0;
    return std::max<std::size_t>(1, std::min(kPiece / each, series / 4));
  }

  absl::Status SendPieces(std::size_t series) {
    RowPieces pieces(workers_, series_->size(), series, [this] { return NewMaker(); });
    while (next_ < series_->size()) RETURN_IF_ERROR(Take(pieces.Next()));
    return absl::OkStatus();
  }

  // Counts and sends what is in a piece, which begins with the next series.
  absl::Status Take(RowPiece& piece) {
    std::span<double> rows = piece.rows;
    for (std::size_t i = 0; i < piece.samples.size(); ++i) {
      const std::size_t series = next_++;
      const std::int64_t samples = piece.samples[i];
      RETURN_IF_ERROR(context_.CountRead(samples));
      if (samples == 0) continue;
      absl::Status status = context_.Hold(samples);
      if (status.ok() && piece.has_row[i] != 0) {
        status = sink_(series_->labels(series), rows.first(steps_));
        rows = rows.subspan(steps_);
      }
      context_.Release(samples);
      RETURN_IF_ERROR(status);
    }
    RETURN_IF_ERROR(piece.error);
    return context_.Check();
  }

  Evaluation& evaluation_;
  WorkerPool* const workers_;
  QueryContext& context_;
  const std::unique_ptr<SelectedSeries> series_;
  const std::size_t steps_;
  const NewRowMaker& new_maker_;
  const RowSink& sink_;
  std::size_t next_ = 0;  // the series whose row is sent next
};

}  // namespace

absl::Status SendRows(Evaluation& evaluation, const std::vector<Matcher>& matchers, TimeRange range,
                      std::size_t steps, const NewRowMaker& new_maker, const RowSink& sink) {
  if (evaluation.workers() != nullptr) {
    RETURN_IF_ERROR(evaluation.context().Check());
    ASSIGN_OR_RETURN(auto series, evaluation.source().SelectForThreads(matchers, range));
    if (series != nullptr) {
      evaluation.NoteDamage(evaluation.source().Losses(range));
      return RowSender(evaluation, std::move(series), steps, new_maker, sink).Send();
    }
  }
  const std::unique_ptr<RowMaker> maker = new_maker();
  std::vector<double> row(steps);
  return SendSamples(evaluation, matchers, range,
                     [&](const Labels& labels, const SampleSpan& samples) -> absl::Status {
                       RETURN_IF_ERROR(maker->Make(samples, row));
                       return IsEmpty(row) ? absl::OkStatus() : sink(labels, row);
                     });
}

absl::Status SendSamples(Evaluation& evaluation, const std::vector<Matcher>& matchers,
                         TimeRange range, const SampleSink& sink) {
  QueryContext& context = evaluation.context();
  RETURN_IF_ERROR(context.Check());
  ASSIGN_OR_RETURN(auto readers, evaluation.source().Select(matchers, range, context));
  evaluation.NoteDamage(evaluation.source().Losses(range));
  for (std::unique_ptr<SeriesReader>& reader : readers) {
    RETURN_IF_ERROR(context.Check());
    ASSIGN_OR_RETURN(const SampleSpan samples, reader->Read());
    evaluation.NoteDamage(reader->damage());
    const auto count = static_cast<std::int64_t>(samples.times_ms.size());
    RETURN_IF_ERROR(context.CountRead(count));
    if (count == 0) continue;
    RETURN_IF_ERROR(context.Hold(count));
    const absl::Status status = sink(reader->labels(), samples);
    context.Release(count);
    RETURN_IF_ERROR(status);
    reader.reset();
  }
  return absl::OkStatus();
}

}  // namespace syspulse::promql
