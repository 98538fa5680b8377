// The API as the gateway knows it: every file of proto/syspulse, compiled into the binary as a
// descriptor set. An rpc that is added there is served without a line of code here.
#ifndef WEB_GATEWAY_SERVER_CONTRACT_H_
#define WEB_GATEWAY_SERVER_CONTRACT_H_

#include <google/protobuf/descriptor.h>

#include <memory>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace syspulse {

// Returns the embedded descriptor set, a serialised google.protobuf.FileDescriptorSet.
std::string_view EmbeddedDescriptorSet();

// The files of a descriptor set and the pool that owns them.
struct Contract {
  std::unique_ptr<google::protobuf::DescriptorPool> pool;
  std::vector<const google::protobuf::FileDescriptor*> files;
};

// Returns the contract of a descriptor set, whose files must stand after those they import. Returns
// InvalidArgument if it is not one.
absl::StatusOr<Contract> LoadContract(std::string_view descriptor_set);

}  // namespace syspulse

#endif  // WEB_GATEWAY_SERVER_CONTRACT_H_
