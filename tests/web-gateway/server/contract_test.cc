// An API that the gateway has never heard of is served by its descriptors alone.
#include "web-gateway/server/contract.h"

#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/duration.pb.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/wrappers.pb.h>

#include "google/api/annotations.pb.h"
#include "tests/web-gateway/server/gateway_fixture.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;

constexpr const char* kZoo = R"pb(
  name: "zoo.proto"
  package: "zoo.v1"
  syntax: "proto3"
  dependency: "google/api/annotations.proto"
  dependency: "google/protobuf/wrappers.proto"
  enum_type {
    name: "Kind"
    value { name: "KIND_UNSPECIFIED" number: 0 }
    value { name: "KIND_CAT" number: 1 }
  }
  message_type {
    name: "Animal"
    field { name: "name" number: 1 type: TYPE_STRING label: LABEL_OPTIONAL json_name: "name" }
    field {
      name: "kind"
      number: 2
      type: TYPE_ENUM
      type_name: ".zoo.v1.Kind"
      label: LABEL_OPTIONAL
      json_name: "kind"
    }
    field {
      name: "leg_counts"
      number: 3
      type: TYPE_INT32
      label: LABEL_REPEATED
      json_name: "legCounts"
    }
    field {
      name: "mother"
      number: 4
      type: TYPE_MESSAGE
      type_name: ".zoo.v1.Animal"
      label: LABEL_OPTIONAL
      json_name: "mother"
    }
    field {
      name: "tame"
      number: 5
      type: TYPE_MESSAGE
      type_name: ".google.protobuf.BoolValue"
      label: LABEL_OPTIONAL
      json_name: "tame"
    }
    field { name: "chip" number: 6 type: TYPE_BYTES label: LABEL_OPTIONAL json_name: "chip" }
    field { name: "weight" number: 7 type: TYPE_DOUBLE label: LABEL_OPTIONAL json_name: "weight" }
  }
  service {
    name: "Zoo"
    method {
      name: "Feed"
      input_type: ".zoo.v1.Animal"
      output_type: ".zoo.v1.Animal"
      options {
        [google.api.http] { put: "/zoo/{name=cages/*/animals/*}:feed" }
      }
    }
  }
)pb";

std::string ZooDescriptorSet(const std::string& path = "") {
  google::protobuf::FileDescriptorSet set;
  google::protobuf::FileDescriptorProto::descriptor()->file()->CopyTo(set.add_file());
  google::api::HttpRule::descriptor()->file()->CopyTo(set.add_file());
  google::protobuf::DescriptorPool::generated_pool()
      ->FindFileByName("google/api/annotations.proto")
      ->CopyTo(set.add_file());
  google::protobuf::BoolValue::descriptor()->file()->CopyTo(set.add_file());
  auto* zoo = set.add_file();
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kZoo, zoo));
  if (!path.empty()) {
    zoo->mutable_service(0)
        ->mutable_method(0)
        ->mutable_options()
        ->MutableExtension(google::api::http)
        ->set_get(path);
  }
  return set.SerializeAsString();
}

class Zoo : public GatewayTest {
 protected:
  void SetUp() override {
    StartGateway({}, ZooDescriptorSet());
    upstream_->On("/zoo.v1.Zoo/Feed", {.echo = true});
  }
};

TEST_F(Zoo, IsServedOverRest) {
  const HttpAnswer answer =
      Fetch(port(), "PUT",
            "/zoo/cages/1/animals/tom:feed?kind=KIND_CAT&leg_counts=4&legCounts=3&mother.name=ma"
            "&mother.mother.kind=1&tame=true&chip=AQI&weight=-1.5e1");
  EXPECT_EQ(
      answer.body,
      R"({"name":"cages/1/animals/tom","kind":"KIND_CAT","legCounts":[4,3],)"
      R"("mother":{"name":"ma","mother":{"kind":"KIND_CAT"}},"tame":true,"chip":"AQI=","weight":-15})"
      "\n");
}

TEST_F(Zoo, IsServedOverConnect) {
  EXPECT_EQ(Post("/zoo.v1.Zoo/Feed", "application/json", R"({"kind":"KIND_CAT"})").body,
            R"({"kind":"KIND_CAT"})");
}

TEST_F(Zoo, MistakesAreNamed) {
  const auto sentence = [&](const std::string& query) {
    return Fetch(port(), "PUT", "/zoo/cages/1/animals/tom:feed?" + query).body;
  };
  EXPECT_THAT(sentence("kind=DOG"), HasSubstr("parameter 'kind' is not a value of zoo.v1.Kind"));
  EXPECT_THAT(sentence("tame=maybe"), HasSubstr("parameter 'tame' is not a value of"));
  EXPECT_THAT(sentence("mother=x"),
              HasSubstr("parameter 'mother' is a message; name a field in it"));
  EXPECT_THAT(sentence("chip=!"), HasSubstr("parameter 'chip' is not base64"));
  EXPECT_THAT(sentence("weight=heavy"), HasSubstr("parameter 'weight' is not a number"));
  EXPECT_THAT(sentence("legCounts.x=1"), HasSubstr("goes through 'legCounts'"));
}

TEST(Contract, PathsThatDoNotFitTheirRequestDoNotStart) {
  for (const char* path : {"/zoo/{wings}", "/zoo/{leg_counts}", "/zoo/{mother}", "/zoo/{name"}) {
    const auto contract = LoadContract(ZooDescriptorSet(path));
    ASSERT_THAT(contract, IsOk());
    EXPECT_FALSE(RouteTable::Create(*contract).ok()) << path;
  }
}

TEST(Contract, WhatIsNoDescriptorSetIsRefused) {
  EXPECT_FALSE(LoadContract("\xff\xff").ok());
  google::protobuf::FileDescriptorSet set;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kZoo, set.add_file()));
  EXPECT_FALSE(LoadContract(set.SerializeAsString()).ok());  // its imports are missing
}

TEST(Contract, EveryRpcOfOursHasARoute) {
  const auto contract = LoadContract(EmbeddedDescriptorSet());
  ASSERT_THAT(contract, IsOk());
  for (const auto* file : contract->files) {
    if (file->package() != "syspulse.v1") continue;  // others say themselves where they are served
    for (int i = 0; i < file->service_count(); ++i) {
      for (int j = 0; j < file->service(i)->method_count(); ++j) {
        EXPECT_TRUE(file->service(i)->method(j)->options().HasExtension(google::api::http))
            << file->service(i)->method(j)->full_name();
      }
    }
  }
  EXPECT_GT(RouteTable::Create(*contract)->route_count(), 20u);
}

}  // namespace
}  // namespace syspulse
