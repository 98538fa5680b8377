#include "services/exporter/page_template.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include "services/exporter/host_families.h"
#include "services/exporter/text_format.h"

namespace syspulse {
namespace {

// Returns the frames with numbers in the place of values, which say where each value stands: the
// merge of families is then the same as for values.
std::vector<FramePtr> Numbered(const std::vector<FramePtr>& frames) {
  std::vector<FramePtr> numbered;
  double next = 0;
  for (const FramePtr& frame : frames) {
    auto copy = std::make_shared<Frame>(*frame);
    for (double& value : copy->values) value = next++;
    numbered.push_back(std::move(copy));
  }
  return numbered;
}

}  // namespace

PageTemplate::PageTemplate(const std::vector<FramePtr>& frames,
                           const std::set<std::string, std::less<>>& others) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> places;  // by number
  for (std::uint32_t frame = 0; frame < frames.size(); ++frame) {
    schemas_.push_back(frames[frame]->schema);
    for (std::uint32_t column = 0; column < frames[frame]->values.size(); ++column) {
      places.emplace_back(frame, column);
    }
  }
  ForEachFamily({{.frames = Numbered(frames)}}, [&](const prometheus::MetricFamily& family) {
    if (others.contains(family.name)) return;
    AppendHeader(family, &text_);
    Family added{.header_end = text_.size()};
    for (const prometheus::ClientMetric& metric : family.metric) {
      AppendName(family.name, metric, &text_);
      const auto& [frame, column] = places[static_cast<std::size_t>(ValueOf(metric, family.type))];
      lines_.push_back({.frame = frame, .column = column, .text_end = text_.size()});
    }
    added.lines_end = lines_.size();
    families_.push_back(added);
  });
  text_.shrink_to_fit();
  lines_.shrink_to_fit();
  families_.shrink_to_fit();
}

bool PageTemplate::Fits(const std::vector<FramePtr>& frames) const {
  return std::ranges::equal(frames, schemas_, {}, &Frame::schema);
}

bool PageTemplate::AppendLines(const std::vector<FramePtr>& frames, std::size_t begin,
                               const Family& family, std::string* page) const {
  bool any = false;
  std::size_t text_begin = family.header_end;
  for (std::size_t i = begin; i < family.lines_end; ++i) {
    const Line& line = lines_[i];
    const double value = frames[line.frame]->values[line.column];
    if (!std::isnan(value)) {
      page->append(text_, text_begin, line.text_end - text_begin);
      AppendNumber(value, page);
      *page += '\n';
      any = true;
    }
    text_begin = line.text_end;
  }
  return any;
}

void PageTemplate::Append(const std::vector<FramePtr>& frames, std::string* page) const {
  constexpr std::size_t kUsualNumber = 8;  // characters
  page->reserve(page->size() + text_.size() + lines_.size() * kUsualNumber);
  std::size_t text_begin = 0;
  std::size_t line = 0;
  for (const Family& family : families_) {
    const std::size_t before = page->size();
    page->append(text_, text_begin, family.header_end - text_begin);
    if (!AppendLines(frames, line, family, page)) page->resize(before);
    line = family.lines_end;
    text_begin = lines_[line - 1].text_end;  // a family has a line at least
  }
}

}  // namespace syspulse
