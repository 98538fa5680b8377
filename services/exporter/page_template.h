// A page of Prometheus' text format whose series stay the same from scrape to scrape: the text
// between the values is made once.
//
//   if (!page.Fits(frames)) page = PageTemplate(frames, {});
//   page.Append(frames, &body);
#ifndef SERVICES_EXPORTER_PAGE_TEMPLATE_H_
#define SERVICES_EXPORTER_PAGE_TEMPLATE_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "services/model/frame.h"

namespace syspulse {

// Immutable, so thread-safe.
class PageTemplate {
 public:
  // The series are those that ForEachFamily (host_families.h) makes of the frames of one host, but
  // for the families named in `others`, which stand on the page already.
  PageTemplate(const std::vector<FramePtr>& frames,
               const std::set<std::string, std::less<>>& others);

  // Whether the frames have the schemas that this was made of, in the same order.
  bool Fits(const std::vector<FramePtr>& frames) const;

  // Appends the families with the values of `frames`, which fit. Values that were not measured are
  // left out, and families without any.
  void Append(const std::vector<FramePtr>& frames, std::string* page) const;

 private:
  struct Line {
    std::uint32_t frame = 0;   // which has the value
    std::uint32_t column = 0;  // of the frame
    std::size_t text_end = 0;  // of name and labels, which begin where the text before ends
  };
  struct Family {
    std::size_t header_end = 0;  // as Line::text_end
    std::size_t lines_end = 0;   // index into lines_
  };

  bool AppendLines(const std::vector<FramePtr>& frames, std::size_t begin, const Family& family,
                   std::string* page) const;

  std::vector<SchemaPtr> schemas_;
  std::string text_;  // of all headers and lines, in their order
  std::vector<Family> families_;
  std::vector<Line> lines_;
};

}  // namespace syspulse

#endif  // SERVICES_EXPORTER_PAGE_TEMPLATE_H_
