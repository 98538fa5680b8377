#include "services/api/host_service.h"

#include <gmock/gmock.h>

#include "absl/strings/str_format.h"
#include "syspulse/v1/host_service.grpc.pb.h"
#include "tests/testing/service.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

class HostServiceTest : public ::testing::Test {
 protected:
  grpc::StatusCode Update(const v1::UpdateHostRequest& request) {
    TestContext context;
    return stub_->UpdateHost(&context, request, &updated_).error_code();
  }
  grpc::Status Delete(const std::string& name, bool history) {
    TestContext context;
    v1::DeleteHostRequest request;
    request.set_name(name);
    request.set_delete_history(history);
    v1::DeleteHostResponse response;
    return stub_->DeleteHost(&context, request, &response);
  }
  grpc::StatusCode Delete(const std::string& name) { return Delete(name, false).error_code(); }

  TestService service_;
  std::unique_ptr<v1::HostService::Stub> stub_ = service_.Stub<v1::HostService>();
  v1::UpdateHostResponse updated_;
};

TEST_F(HostServiceTest, ListsHostsInPages) {
  std::vector<std::unique_ptr<TestAgent>> agents;
  for (int i = 4; i >= 0; --i) {
    agents.push_back(std::make_unique<TestAgent>(&service_, absl::StrFormat("web-%d", i)));
  }
  v1::ListHostsRequest request;
  request.set_page_size(2);
  std::vector<std::string> names;
  do {
    TestContext context;
    v1::ListHostsResponse response;
    ASSERT_TRUE(stub_->ListHosts(&context, request, &response).ok());
    for (const v1::Host& host : response.hosts()) names.push_back(host.name());
    request.set_page_token(response.next_page_token());
  } while (!request.page_token().empty());
  EXPECT_THAT(names, ::testing::ElementsAre("hosts/web-0", "hosts/web-1", "hosts/web-2",
                                            "hosts/web-3", "hosts/web-4"));
}

TEST_F(HostServiceTest, RefusesNegativePageSizesAndForeignTokens) {
  v1::ListHostsRequest negative;
  negative.set_page_size(-1);
  v1::ListHostsRequest foreign;
  foreign.set_page_token("Zm9yZWlnbg");
  for (const auto& request : {negative, foreign}) {
    TestContext context;
    v1::ListHostsResponse response;
    EXPECT_EQ(stub_->ListHosts(&context, request, &response).error_code(),
              grpc::StatusCode::INVALID_ARGUMENT);
  }
}

// Returns the ids of the hosts that a filter means, or the sentence that refuses it.
std::vector<std::string> Listed(v1::HostService::Stub* stub, const std::string& filter) {
  TestContext context;
  v1::ListHostsRequest request;
  request.set_filter(filter);
  v1::ListHostsResponse response;
  const grpc::Status status = stub->ListHosts(&context, request, &response);
  if (!status.ok()) return {status.error_message()};
  std::vector<std::string> ids;
  for (const v1::Host& host : response.hosts()) ids.push_back(host.name().substr(6));
  return ids;
}

TEST_F(HostServiceTest, FiltersHostsByLabelsStateAndNames) {
  service_.hub.Restore({Host{.id = "db-1", .hostname = "db-1", .labels = {{"env", "prod"}}},
                        Host{.id = "db-2", .hostname = "db-2", .labels = {{"env", "dev"}}},
                        Host{.id = "odd", .hostname = "odd", .labels = {{"state", "NY"}}}});
  TestAgent agent(&service_, "web-1");
  using ::testing::ElementsAre;
  EXPECT_THAT(Listed(stub_.get(), ""), ElementsAre("db-1", "db-2", "odd", "web-1"));
  EXPECT_THAT(Listed(stub_.get(), "env=\"prod\""), ElementsAre("db-1"));
  EXPECT_THAT(Listed(stub_.get(), "{env!=\"prod\", hostname=~\"db.*\"}"), ElementsAre("db-2"));
  EXPECT_THAT(Listed(stub_.get(), "env=\"\""), ElementsAre("odd", "web-1"));
  EXPECT_THAT(Listed(stub_.get(), "state=\"online\""), ElementsAre("web-1"));
  EXPECT_THAT(Listed(stub_.get(), "state=\"NY\""), ElementsAre("odd")) << "its own label";
  EXPECT_THAT(Listed(stub_.get(), "host=\"web-1\""), ElementsAre("web-1"));
  EXPECT_THAT(Listed(stub_.get(), "host=\"nobody\""), ::testing::IsEmpty());
}

TEST_F(HostServiceTest, SaysWhatIsWrongWithAFilter) {
  for (const std::string filter :
       {"env=prod", "env", "a=\"b\"} or {c=\"d\"", "a=~\"(\"", "\xff=1"}) {
    EXPECT_THAT(Listed(stub_.get(), filter), ::testing::ElementsAre(::testing::_)) << filter;
  }
  EXPECT_THAT(Listed(stub_.get(), "env=prod"),
              ::testing::ElementsAre(HasSubstr("filter 'env=prod': 1:5: ")));
  EXPECT_THAT(Listed(stub_.get(), std::string(65536, 'a')),
              ::testing::ElementsAre(HasSubstr("the filter has 65536 bytes; it may have 4096")));
}

TEST_F(HostServiceTest, WatchesTheHostsThatAFilterMeans) {
  TestAgent web(&service_, "web-1");
  TestAgent db(&service_, "db-1");
  v1::WatchHostsRequest request;
  request.set_filter("team=\"web\"");
  TestStream<v1::WatchHostsResponse> stream(
      [&](grpc::ClientContext* context) { return stub_->WatchHosts(context, request); });
  EXPECT_EQ(stream.Next().hosts_size(), 0);
  ASSERT_TRUE(service_.hub.UpdateHost("web-1", std::nullopt, {{{"team", "web"}}}).ok());
  const v1::WatchHostsResponse list = stream.Next();
  ASSERT_EQ(list.hosts_size(), 1);
  EXPECT_EQ(list.hosts(0).name(), "hosts/web-1");
  EXPECT_EQ(list.hosts(0).assigned_labels().at("team"), "web");
  ASSERT_TRUE(service_.hub.UpdateHost("db-1", "not meant", std::nullopt).ok());
  ASSERT_TRUE(service_.hub.DeleteHost("web-1").ok());
  EXPECT_EQ(stream.Next().hosts_size(), 0) << "what is not meant is no news";
}

TEST_F(HostServiceTest, RefusesToWatchByAFilterThatIsNone) {
  v1::WatchHostsRequest request;
  request.set_filter("team");
  TestStream<v1::WatchHostsResponse> stream(
      [&](grpc::ClientContext* context) { return stub_->WatchHosts(context, request); });
  EXPECT_EQ(stream.End().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(HostServiceTest, FindsAHostByAnyOfItsNames) {
  TestAgent agent(&service_);
  for (const char* name : {"hosts/web-1", "web-1", "web-1.example"}) {
    TestContext context;
    v1::GetHostRequest request;
    request.set_name(name);
    v1::GetHostResponse response;
    ASSERT_TRUE(stub_->GetHost(&context, request, &response).ok()) << name;
    EXPECT_EQ(response.host().name(), "hosts/web-1");
  }
}

TEST_F(HostServiceTest, SaysThatAHostIsNotKnown) {
  for (const auto& [name, code] : {std::pair("web-9", grpc::StatusCode::NOT_FOUND),
                                   std::pair("", grpc::StatusCode::INVALID_ARGUMENT)}) {
    TestContext context;
    v1::GetHostRequest request;
    request.set_name(name);
    v1::GetHostResponse response;
    EXPECT_EQ(stub_->GetHost(&context, request, &response).error_code(), code) << name;
  }
}

TEST_F(HostServiceTest, ChangesWhatTheMaskNames) {
  TestAgent agent(&service_);
  v1::UpdateHostRequest request;
  request.mutable_host()->set_name("hosts/web-1");
  request.mutable_host()->set_display_name("Front door");
  (*request.mutable_host()->mutable_labels())["team"] = "web";
  request.mutable_update_mask()->add_paths("labels");
  ASSERT_EQ(Update(request), grpc::StatusCode::OK);
  EXPECT_EQ(updated_.host().display_name(), "");
  EXPECT_EQ(updated_.host().labels().at("team"), "web");
  request.clear_update_mask();
  ASSERT_EQ(Update(request), grpc::StatusCode::OK);
  EXPECT_EQ(updated_.host().display_name(), "Front door");
}

TEST_F(HostServiceTest, RefusesToChangeAnythingElse) {
  TestAgent agent(&service_);
  v1::UpdateHostRequest path;
  path.mutable_host()->set_name("web-1");
  path.mutable_update_mask()->add_paths("hostname");
  v1::UpdateHostRequest label;
  label.mutable_host()->set_name("web-1");
  (*label.mutable_host()->mutable_labels())["1team"] = "web";
  v1::UpdateHostRequest nameless;
  nameless.mutable_host()->set_display_name("Front door");
  for (const auto& request : {path, label, nameless}) {
    EXPECT_EQ(Update(request), grpc::StatusCode::INVALID_ARGUMENT) << request.DebugString();
  }
  v1::UpdateHostRequest unknown;
  unknown.mutable_host()->set_name("web-9");
  EXPECT_EQ(Update(unknown), grpc::StatusCode::NOT_FOUND);
}

TEST_F(HostServiceTest, DeletesTheHistoryOfAHostIfItIsAsked) {
  {
    TestAgent agent(&service_);
    agent.Push(1, 1);
  }
  EXPECT_EQ(Delete("web-1"), grpc::StatusCode::OK);
  EXPECT_THAT(service_.keeper.deleted(), ::testing::IsEmpty());
  EXPECT_TRUE(Delete("hosts/web-1", true).ok()) << "what a forgotten host left";
  EXPECT_THAT(service_.keeper.deleted(), ::testing::ElementsAre("web-1"));
  {
    TestAgent agent(&service_);
    agent.Push(2, 2);
    EXPECT_TRUE(Delete("web-1.example", true).ok()) << "while its agent is connected";
    EXPECT_FALSE(service_.hub.FindHost("web-1").ok());
    agent.Push(3, 3);
    EXPECT_TRUE(service_.hub.FindHost("web-1").ok()) << "it comes back with its next frame";
  }
  const grpc::Status unknown = Delete("hosts/nobody", true);
  EXPECT_EQ(unknown.error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_THAT(unknown.error_message(), HasSubstr("there is no host 'hosts/nobody'; there is"));
  EXPECT_EQ(Delete("", true).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(HostServiceTest, ChangesNothingWhileTheDiskTakesNothing) {
  TestAgent agent(&service_);
  agent.Push(1, 1);
  service_.keeper.Refuse(absl::UnavailableError("the disk is full"));
  const grpc::Status status = Delete("web-1", true);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::UNAVAILABLE);
  EXPECT_THAT(status.error_message(), HasSubstr("the disk is full"));
  EXPECT_TRUE(service_.hub.FindHost("web-1").ok());
}

TEST_F(HostServiceTest, DeletesAHostWithoutAnyHistory) {
  TestAgent agent(&service_);
  EXPECT_TRUE(Delete("web-1", true).ok());
  EXPECT_FALSE(service_.hub.FindHost("web-1").ok());
}

TEST_F(HostServiceTest, ForgetsAHost) {
  {
    TestAgent agent(&service_);
    agent.Push(1, 1);
  }
  EXPECT_EQ(Delete("web-1.example"), grpc::StatusCode::OK);
  EXPECT_EQ(Delete("web-1"), grpc::StatusCode::NOT_FOUND);
}

TEST_F(HostServiceTest, StreamsTheListWheneverItChanges) {
  TestStream<v1::WatchHostsResponse> stream(
      [&](grpc::ClientContext* context) { return stub_->WatchHosts(context, {}); });
  EXPECT_EQ(stream.Next().hosts_size(), 0);
  TestAgent agent(&service_);
  EXPECT_EQ(stream.Next().hosts(0).name(), "hosts/web-1");
  v1::UpdateHostRequest request;
  request.mutable_host()->set_name("web-1");
  request.mutable_host()->set_display_name("Front door");
  ASSERT_EQ(Update(request), grpc::StatusCode::OK);
  EXPECT_EQ(stream.Next().hosts(0).display_name(), "Front door");
  ASSERT_EQ(Delete("web-1"), grpc::StatusCode::OK);
  EXPECT_EQ(stream.Next().hosts_size(), 0);
}

TEST_F(HostServiceTest, OffLoopbackAStrangerMayReadAndPushButNotChange) {
  TestService service(Reach::kNetwork);
  const auto stub = service.Stub<v1::HostService>();
  TestAgent agent(&service);
  agent.Push(1, 1);
  TestContext list_context;
  v1::ListHostsResponse hosts;
  EXPECT_TRUE(stub->ListHosts(&list_context, {}, &hosts).ok());
  EXPECT_EQ(hosts.hosts_size(), 1);
  TestContext delete_context;
  v1::DeleteHostRequest request;
  request.set_name("web-1");
  v1::DeleteHostResponse response;
  const grpc::Status deleted = stub->DeleteHost(&delete_context, request, &response);
  EXPECT_EQ(deleted.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_THAT(deleted.error_message(), HasSubstr("DeleteHost"));
  TestContext update_context;
  EXPECT_EQ(stub->UpdateHost(&update_context, {}, &updated_).error_code(),
            grpc::StatusCode::PERMISSION_DENIED);
}

}  // namespace
}  // namespace syspulse
