#include "services/collect/user_names.h"

#include <pwd.h>

#include <array>

#include "absl/strings/str_format.h"
#include "services/base/text.h"

namespace syspulse {
namespace {

constexpr std::size_t kEntryBytes = 16384;  // longer entries of a directory service stay numbers

}  // namespace

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

UserNames::UserNames(const ProcFs& procfs)
    : passwd_(procfs.Root("etc/passwd")), own_root_(procfs.roots().rootfs == "/") {}

const std::string& UserNames::Name(std::uint32_t uid) {
  const auto [found, is_new] = names_.try_emplace(uid);
  if (is_new) found->second = Resolve(uid);
  return found->second;
}

std::string UserNames::Resolve(std::uint32_t uid) {
  if (const auto text = passwd_.Read(); text.ok()) {
    if (const auto name = FindUser(*text, uid)) return *name;
  }
  if (own_root_) {
    passwd entry{};
    passwd* result = nullptr;
    std::array<char, kEntryBytes> buffer;
    if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &result) == 0 && result != nullptr) {
      return ToUtf8(result->pw_name);
    }
  }
  return absl::StrFormat("%d", uid);
}

}  // namespace syspulse
