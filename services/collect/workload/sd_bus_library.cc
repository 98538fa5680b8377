#include "services/collect/workload/sd_bus_library.h"

#include <dlfcn.h>

#include <string>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

constexpr const char* kLibrary = "libsystemd.so.0";

// Finds the function and returns whether the library has it.
template <typename Function>
bool Find(void* library, const char* name, Function* function) {
  *function = reinterpret_cast<Function>(dlsym(library, name));
  return *function != nullptr;
}

}  // namespace

absl::StatusOr<SdBusLibrary> SdBusLibrary::Load() {
  // Never unloaded: it keeps data for each thread.
  void* const library = dlopen(kLibrary, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE);
  if (library == nullptr) {
    const char* const reason = dlerror();
    return absl::FailedPreconditionError(
        absl::StrFormat("load %s: %s", kLibrary, reason != nullptr ? reason : "unknown reason"));
  }
  SdBusLibrary bus;
  const bool complete =
      Find(library, "sd_bus_new", &bus.create) &&
      Find(library, "sd_bus_set_address", &bus.set_address) &&
      Find(library, "sd_bus_set_bus_client", &bus.set_bus_client) &&
      Find(library, "sd_bus_set_method_call_timeout", &bus.set_method_call_timeout) &&
      Find(library, "sd_bus_start", &bus.start) &&
      Find(library, "sd_bus_is_ready", &bus.is_ready) &&
      Find(library, "sd_bus_process", &bus.process) && Find(library, "sd_bus_wait", &bus.wait) &&
      Find(library, "sd_bus_call_method", &bus.call_method) &&
      Find(library, "sd_bus_close_unref", &bus.close_unref) &&
      Find(library, "sd_bus_error_free", &bus.error_free) &&
      Find(library, "sd_bus_message_unref", &bus.message_unref) &&
      Find(library, "sd_bus_message_enter_container", &bus.enter_container) &&
      Find(library, "sd_bus_message_exit_container", &bus.exit_container) &&
      Find(library, "sd_bus_message_peek_type", &bus.peek_type) &&
      Find(library, "sd_bus_message_read", &bus.read) &&
      Find(library, "sd_bus_message_read_basic", &bus.read_basic);
  dlclose(library);  // stays loaded all the same
  if (complete) return bus;
  return absl::FailedPreconditionError(
      absl::StrFormat("%s is too old: it takes the one of systemd 241 or newer", kLibrary));
}

}  // namespace syspulse
