#include "web-gateway/server/contract.h"

#include <google/protobuf/descriptor.pb.h>

#include "absl/strings/str_format.h"
#include "google/api/annotations.pb.h"

// The build gives the descriptor set's path; the assembler copies its bytes.
__asm__(
    ".pushsection .rodata\n"
    ".balign 16\n"
    "syspulse_descriptor_set:\n"
    ".incbin \"" SYSPULSE_DESCRIPTOR_SET
    "\"\n"
    "syspulse_descriptor_set_end:\n"
    ".byte 0\n"
    ".popsection\n");

extern "C" {
extern const char syspulse_descriptor_set[];
extern const char syspulse_descriptor_set_end[];
}

namespace syspulse {

std::string_view EmbeddedDescriptorSet() {
  return {syspulse_descriptor_set,
          static_cast<std::size_t>(syspulse_descriptor_set_end - syspulse_descriptor_set)};
}

absl::StatusOr<Contract> LoadContract(std::string_view descriptor_set) {
  // The option (google.api.http) is understood only if its declaration is linked in.
  google::protobuf::LinkExtensionReflection(google::api::http);
  google::protobuf::FileDescriptorSet set;
  if (!set.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size()))) {
    return absl::InvalidArgumentError("the descriptor set cannot be parsed");
  }
  Contract contract{.pool = std::make_unique<google::protobuf::DescriptorPool>()};
  for (const auto& file : set.file()) {
    const auto* built = contract.pool->BuildFile(file);
    if (built == nullptr) {
      return absl::InvalidArgumentError(
          absl::StrFormat("the descriptor set's file %s cannot be built", file.name()));
    }
    contract.files.push_back(built);
  }
  return contract;
}

}  // namespace syspulse
