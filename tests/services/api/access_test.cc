#include "services/api/access.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>

#include "services/server/grpc_server.h"
#include "tests/testing/status_matchers.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

TEST(Access, KnowsWhoMayCallEveryRpcOfTheService) {
  EXPECT_GE(ApiServices().size(), 5u);
  EXPECT_THAT(Access::Create(ApiServices(), Reach::kNetwork), IsOk());
}

TEST(Access, RefusesAnRpcThatDoesNotSayWhoMayCallIt) {
  google::protobuf::FileDescriptorProto file;
  file.set_name("open.proto");
  file.set_package("test");
  file.add_message_type()->set_name("DoItRequest");
  auto* const service = file.add_service();
  service->set_name("OpenService");
  auto* const method = service->add_method();
  method->set_name("DoIt");
  method->set_input_type(".test.DoItRequest");
  method->set_output_type(".test.DoItRequest");
  google::protobuf::DescriptorPool pool;
  const auto* const built = pool.BuildFile(file);
  ASSERT_NE(built, nullptr);
  const std::vector<const google::protobuf::ServiceDescriptor*> services = {built->service(0)};
  EXPECT_THAT(Access::Create(services, Reach::kThisMachine),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("test.OpenService.DoIt")));
}

TEST(Access, ToAStrangerRefusesEveryRpcThatChangesSomething) {
  const auto access = Access::Create(ApiServices(), Reach::kNetwork);
  ASSERT_THAT(access, IsOk());
  int refused = 0;
  for (const auto* service : ApiServices()) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto role = service->method(i)->options().GetExtension(v1::required_role);
      const bool may = role == v1::ROLE_VIEWER || role == v1::ROLE_AGENT;
      EXPECT_EQ(access->Check(*service->method(i)->input_type()).ok(), may)
          << service->method(i)->full_name();
      if (!may) ++refused;
    }
  }
  EXPECT_GE(refused, 2);
}

}  // namespace
}  // namespace syspulse
