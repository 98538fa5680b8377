// The first row and the last.
#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_format.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/output/safe_text.h"
#include "clients/cli/output/units.h"
#include "clients/cli/top/views.h"

namespace syspulse {
namespace {

std::string Ago(absl::Duration duration) { return HumanDuration(absl::ToDoubleSeconds(duration)); }

// Returns how fresh the values are, in words, and how much that matters. Never says live when it
// is not.
std::pair<std::string, Style> Freshness(const TopModel& model, const RenderContext& context) {
  const Connection& connection = model.connection();
  const absl::Duration since = context.now - connection.since;
  const std::optional<absl::Duration> age = model.Age(context.now);
  switch (connection.kind) {
    case Connection::Kind::kConnecting:
      return {"connecting", Style::kWarning};
    case Connection::Kind::kLost:
      return {"reconnecting for " + Ago(since), Style::kCritical};
    case Connection::Kind::kRefused:
      return {"refused", Style::kCritical};
    case Connection::Kind::kLive:
      break;
  }
  const v1::Host* host = model.host();
  if (host != nullptr && host->state() == v1::HOST_STATE_OFFLINE) {
    const std::string seen = host->has_last_seen_time()
                                 ? " since " + Ago(context.wall - TimeOf(host->last_seen_time()))
                                 : "";
    return {"host offline" + seen, Style::kCritical};
  }
  if (age && *age > model.Patience()) return {"no data for " + Ago(*age), Style::kCritical};
  if (model.view().paused) return {"paused", Style::kWarning};
  return {"live", Style::kGood};
}

std::string SystemText(const TopModel& model) {
  const v1::Host* host = model.host();
  if (host == nullptr) return "";
  std::string text = host->os_name();
  if (!host->kernel_release().empty()) text += "  " + host->kernel_release();
  if (host->core_count() > 0) {
    text += absl::StrFormat("  %d core%s", host->core_count(), host->core_count() == 1 ? "" : "s");
  }
  return SafeText(text);
}

struct Hint {
  std::string_view key;
  std::string_view text;
};

constexpr std::array kHints = std::to_array<Hint>({
    {"?", "Help"},
    {"q", "Quit"},
    {"/", "Filter"},
    {"P", "CPU"},
    {"M", "Memory"},
    {"I", "I/O"},
    {"T", "Time"},
    {"N", "Pid"},
    {"r", "Reverse"},
    {"t", "Tree"},
    {"h", "Host"},
    {"c", "Command"},
    {"Space", "Pause"},
});

}  // namespace

void DrawHeader(Canvas* canvas, const TopModel& model, const RenderContext& context) {
  const bool ascii = canvas->ascii();
  auto [state, style] = Freshness(model, context);
  // The reason is worth more than the name of the system.
  const bool trouble = !model.connection().reason.empty();
  state = (ascii ? "* " : "● ") + state;
  const int right = canvas->PutRight(canvas->width() - 1, 0, state, style);
  int limit = right - 2;
  const auto& snapshot = model.snapshot();
  if (snapshot && snapshot->has_uptime_seconds() && limit > 56) {
    const std::string up = "up " + HumanDuration(snapshot->uptime_seconds());
    limit = canvas->PutRight(limit, 0, up, Style::kPlain) - 2;
  }
  const v1::Host* host = model.host();
  const std::string name = host != nullptr             ? SafeText(HostLabel(*host))
                           : model.view().host.empty() ? "syspulse"
                                                       : SafeText(model.view().host);
  const int next = canvas->Put(0, 0, " " + CutToWidth(name, std::max(limit - 2, 1), ascii) + " ",
                               Style::kSelected);
  const std::string rest = trouble ? model.connection().reason : SystemText(model);
  if (limit - next > 8) {
    canvas->Put(next + 1, 0, CutToWidth(rest, limit - next - 1, ascii),
                trouble ? Style::kWarning : Style::kFaint);
  }
}

void DrawWriting(Canvas* canvas, std::string_view label, std::string_view written,
                 std::string_view hint) {
  const int y = canvas->height() - 1;
  int x = canvas->Put(0, y, label, Style::kKey);
  // The end is what is being written.
  std::string text = SafeText(written);
  while (DisplayWidth(text) > std::max(canvas->width() - x - 2, 1)) {
    std::string_view rest = text;
    TakeCodePoint(&rest);
    text = std::string(rest);
  }
  x = canvas->Put(x, y, text, Style::kStrong);
  x = canvas->Put(x, y, " ", Style::kSelected);
  canvas->Put(x + 2, y, hint, Style::kFaint);
}

void DrawFooter(Canvas* canvas, const TopModel& model) {
  const int y = canvas->height() - 1;
  const View& view = model.view();
  if (view.mode == InputMode::kFilter) {
    DrawWriting(canvas, "Filter: ", view.filter, "Enter keeps it  Esc clears it");
    return;
  }
  int x = 0;
  if (view.from_fleet) {
    x = canvas->Put(x, y, "Esc", Style::kKey);
    x = canvas->Put(x + 1, y, "All hosts", Style::kHint) + 2;
  }
  for (const Hint& hint : kHints) {
    if (hint.key == "h" && model.hosts().size() < 2) continue;
    const int width = static_cast<int>(hint.key.size() + hint.text.size()) + 3;
    if (x + width > canvas->width()) break;
    x = canvas->Put(x, y, hint.key, Style::kKey);
    x = canvas->Put(x, y, " ", Style::kHint);
    x = canvas->Put(x, y, hint.text, Style::kHint) + 2;
  }
}

}  // namespace syspulse
