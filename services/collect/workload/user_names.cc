#include "services/collect/workload/user_names.h"

#include <pwd.h>

#include <array>
#include <deque>
#include <thread>
#include <utility>

#include "absl/strings/str_format.h"
#include "services/base/mutex.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr absl::Duration kAgain = absl::Minutes(1);
constexpr absl::Duration kNever = absl::InfiniteDuration();
constexpr std::size_t kEntryBytes = 16384;  // longer entries of a directory service stay numbers

}  // namespace

// Questions, asked one after the other by a thread that ends when there are none left.
struct UserNames::Lookups {
  const UserLookup lookup;
  Mutex mutex;
  std::deque<std::uint32_t> questions ABSL_GUARDED_BY(mutex);
  std::map<std::uint32_t, std::optional<std::string>> answers ABSL_GUARDED_BY(mutex);
  bool asking ABSL_GUARDED_BY(mutex) = false;  // the thread runs

  explicit Lookups(UserLookup function) : lookup(std::move(function)) {}

  static void Ask(const std::shared_ptr<Lookups>& lookups, std::uint32_t uid) {
    MutexLock lock(lookups->mutex);
    lookups->questions.push_back(uid);
    if (std::exchange(lookups->asking, true)) return;
    std::thread([lookups] { lookups->Work(); }).detach();
  }

  void Work() {
    while (true) {
      std::uint32_t uid = 0;
      {
        MutexLock lock(mutex);
        if (questions.empty()) {
          asking = false;
          return;
        }
        uid = questions.front();
        questions.pop_front();
      }
      std::optional<std::string> answer = lookup(uid);
      MutexLock lock(mutex);
      answers[uid] = std::move(answer);
    }
  }

  // Takes the answer for `uid`, if there is one by now.
  std::optional<std::optional<std::string>> Take(std::uint32_t uid) {
    MutexLock lock(mutex);
    const auto found = answers.find(uid);
    if (found == answers.end()) return std::nullopt;
    std::optional<std::string> answer = std::move(found->second);
    answers.erase(found);
    return answer;
  }
};

std::optional<std::string> FindUser(std::string_view passwd, std::uint32_t uid) {
  while (!passwd.empty()) {
    std::string_view line = TakeUntil(&passwd, '\n');
    const std::string_view name = TakeUntil(&line, ':');
    TakeUntil(&line, ':');  // password
    if (!name.empty() && ParseNumber<std::uint32_t>(TakeUntil(&line, ':')) == uid) {
      return ToUtf8(name);
    }
  }
  return std::nullopt;
}

std::optional<std::string> LookUpUser(std::uint32_t uid) {
  passwd entry{};
  passwd* result = nullptr;
  std::array<char, kEntryBytes> buffer;
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &result) != 0 || result == nullptr) {
    return std::nullopt;
  }
  return ToUtf8(result->pw_name);
}

UserNames::UserNames(const ProcFs& procfs, const Clock* clock)
    : UserNames(procfs, clock, procfs.roots().rootfs == "/" ? UserLookup(LookUpUser) : nullptr) {}

UserNames::UserNames(const ProcFs& procfs, const Clock* clock, UserLookup lookup)
    : clock_(clock),
      passwd_(procfs.Root("etc/passwd")),
      lookups_(lookup != nullptr ? std::make_shared<Lookups>(std::move(lookup)) : nullptr) {}

const std::string& UserNames::Name(std::uint32_t uid) {
  const auto [found, is_new] = names_.try_emplace(uid);
  Entry& entry = found->second;
  if (entry.pending) {
    if (auto answer = lookups_->Take(uid)) {
      entry.pending = false;
      if (*answer) entry = {.name = **std::move(answer)};
    }
  } else if (is_new || (entry.again < kNever && clock_->Monotonic() >= entry.again)) {
    entry = Resolve(uid);
  }
  return entry.name;
}

UserNames::Entry UserNames::Resolve(std::uint32_t uid) {
  if (const auto text = passwd_.Read(); text.ok()) {
    if (auto name = FindUser(*text, uid)) return Entry{.name = *std::move(name)};
  }
  if (lookups_ != nullptr) Lookups::Ask(lookups_, uid);
  return Entry{.name = absl::StrFormat("%d", uid),
               .pending = lookups_ != nullptr,
               .again = clock_->Monotonic() + kAgain};
}

}  // namespace syspulse
