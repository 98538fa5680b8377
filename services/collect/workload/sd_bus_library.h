// libsystemd's D-Bus client, sd-bus(3), loaded when it is first needed.
//
// With the libraries that it brings along it takes more than a megabyte of memory: hosts without
// systemd do not pay for it, and need not have it.
#ifndef SERVICES_COLLECT_WORKLOAD_SD_BUS_LIBRARY_H_
#define SERVICES_COLLECT_WORKLOAD_SD_BUS_LIBRARY_H_

#include <systemd/sd-bus.h>

#include "absl/status/statusor.h"

namespace syspulse {

// The functions, named as in the library without "sd_bus_". Valid until the program ends.
struct SdBusLibrary {
  // FailedPrecondition if the library is absent or too old.
  static absl::StatusOr<SdBusLibrary> Load();

  decltype(&sd_bus_new) create = nullptr;  // sd_bus_new
  decltype(&sd_bus_set_address) set_address = nullptr;
  decltype(&sd_bus_set_bus_client) set_bus_client = nullptr;
  decltype(&sd_bus_set_method_call_timeout) set_method_call_timeout = nullptr;
  decltype(&sd_bus_start) start = nullptr;
  decltype(&sd_bus_is_ready) is_ready = nullptr;
  decltype(&sd_bus_process) process = nullptr;
  decltype(&sd_bus_wait) wait = nullptr;
  decltype(&sd_bus_call_method) call_method = nullptr;
  decltype(&sd_bus_close_unref) close_unref = nullptr;
  decltype(&sd_bus_error_free) error_free = nullptr;
  decltype(&sd_bus_message_unref) message_unref = nullptr;
  decltype(&sd_bus_message_enter_container) enter_container = nullptr;
  decltype(&sd_bus_message_exit_container) exit_container = nullptr;
  decltype(&sd_bus_message_peek_type) peek_type = nullptr;
  decltype(&sd_bus_message_read) read = nullptr;
  decltype(&sd_bus_message_read_basic) read_basic = nullptr;
};

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_SD_BUS_LIBRARY_H_
