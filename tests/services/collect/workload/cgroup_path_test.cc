#include "services/collect/workload/cgroup_path.h"

#include <gtest/gtest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "absl/strings/str_format.h"

namespace syspulse {
namespace {

const std::string kId = "3f1c0d9be27a44f1a6c58f0d7be2915c64aa03d871be5f2099e0c1d4b7a6f832";
const std::string kInner = "00aa03d871be5f2099e0c1d4b7a6f8323f1c0d9be27a44f1a6c58f0d7be2915c";
const std::string kUid = "7d4e1a2b-90cf-4c55-8a17-0b6d3e9f2c41";
const std::string kSliceUid = "7d4e1a2b_90cf_4c55_8a17_0b6d3e9f2c41";

// Replaces ID, INNER, UID and U_ID by the constants above.
std::string Fill(std::string text) {
  for (const auto& [word, value] : std::vector<std::pair<std::string, std::string>>{
           {"<ID>", kId}, {"<INNER>", kInner}, {"<UID>", kUid}, {"<U_ID>", kSliceUid}}) {
    for (auto at = text.find(word); at != text.npos; at = text.find(word)) {
      text.replace(at, word.size(), value);
    }
  }
  return text;
}

struct ContainerCase {
  std::string path;
  CgroupContainer container;
  std::string inside;  // what of the path lies inside of the container's cgroup
};

TEST(ParseCgroupPath, KnowsTheContainersOfEveryRuntime) {
  const std::vector<ContainerCase> cases = {
      {"/system.slice/docker-<ID>.scope", {kId, kDocker, ""}},
      {"/docker/<ID>", {kId, kDocker, ""}},
      {"/docker/<ID>/init", {kId, kDocker, ""}, "/init"},
      {"/docker/buildkit/<ID>", {kId, "", ""}},
      {"/ecs/<ID>", {kId, kDocker, ""}},
      {"/team.slice/<ID>", {kId, "", ""}},
      {"/user.slice/user-1000.slice/user@1000.service/user.slice/docker-<ID>.scope",
       {kId, kDocker, ""}},
      {"/default/<ID>", {kId, kContainerd, ""}},
      {"/system.slice/nerdctl-<ID>.scope", {kId, kContainerd, ""}},
      {"/machine.slice/libpod-<ID>.scope", {kId, kPodman, ""}},
      {"/machine.slice/libpod-<ID>.scope/container", {kId, kPodman, ""}, "/container"},
      {"/user.slice/user-1000.slice/user@1000.service/user.slice/libpod-<ID>.scope/container",
       {kId, kPodman, ""},
       "/container"},
      {"/libpod_parent/libpod-<ID>", {kId, kPodman, ""}},
      {"/lxc/web", {"web", kLxc, ""}},
      {"/lxc/101/ns/system.slice/nginx.service",
       {"101", kLxc, ""},
       "/ns/system.slice/nginx.service"},
      {"/lxc.payload.web-01", {"web-01", kLxc, ""}},
      {"/lxc.payload/build", {"build", kLxc, ""}},
      {"/machine.slice/systemd-nspawn@debian\\x2dsid.service/payload",
       {"debian-sid", kNspawn, ""},
       "/payload"},
      {"/machine.slice/machine-arch.scope", {"arch", kNspawn, ""}},
      {"/machine.slice/machine-qemu\\x2d3\\x2ddb.scope/libvirt/emulator",
       {"qemu-3-db", kLibvirt, ""},
       "/libvirt/emulator"},
  };
  for (const ContainerCase& test : cases) {
    const std::string path = Fill(test.path);
    const CgroupOwner owner = ParseCgroupPath(path);
    EXPECT_EQ(owner.container, test.container) << path;
    EXPECT_EQ(std::string(owner.container_path) + test.inside, path);
  }
}

TEST(ParseCgroupPath, KnowsPodsAndTheirContainers) {
  const std::string slices = "/kubepods.slice/kubepods-burstable.slice/";
  const std::vector<ContainerCase> cases = {
      {slices + "kubepods-burstable-pod<U_ID>.slice/cri-containerd-<ID>.scope",
       {kId, kContainerd, kUid}},
      {"/kubepods.slice/kubepods-pod<U_ID>.slice/crio-<ID>.scope/container",
       {kId, kCrio, kUid},
       "/container"},
      {slices + "kubepods-burstable-pod<U_ID>.slice/docker-<ID>.scope", {kId, kDocker, kUid}},
      {"/kubelet.slice/kubelet-kubepods.slice/kubelet-kubepods-besteffort.slice/"
       "kubelet-kubepods-besteffort-pod<U_ID>.slice/cri-containerd-<ID>.scope",
       {kId, kContainerd, kUid}},
      {"/system.slice/containerd.service/kubepods-burstable-pod<U_ID>.slice:cri-containerd:<ID>",
       {kId, kContainerd, kUid}},
      {"/kubepods/besteffort/pod<UID>/<ID>", {kId, "", kUid}},
      {"/kubepods/pod<UID>/crio-<ID>", {kId, kCrio, kUid}},
      {"/docker/<INNER>/kubelet/kubepods/burstable/pod<UID>/<ID>", {kId, "", kUid}},
      {"/kubepods/burstable/pod5e2b8a1f0c7d4936aa10be42c8f7d530/<ID>",
       {kId, "", "5e2b8a1f0c7d4936aa10be42c8f7d530"}},
  };
  for (const ContainerCase& test : cases) {
    const std::string path = Fill(test.path);
    const CgroupOwner owner = ParseCgroupPath(path);
    EXPECT_EQ(owner.container, test.container) << path;
    EXPECT_EQ(std::string(owner.container_path) + test.inside, path);
    EXPECT_TRUE(owner.container_path.starts_with(owner.pod_path));
  }
}

TEST(ParseCgroupPath, APodIsNoContainerItself) {
  for (const char* text : {"/kubepods/besteffort/pod<UID>",
                           "/kubepods.slice/kubepods-besteffort.slice/"
                           "kubepods-besteffort-pod<U_ID>.slice"}) {
    const std::string path = Fill(text);
    const CgroupOwner owner = ParseCgroupPath(path);
    EXPECT_EQ(owner.container, (CgroupContainer{.pod_uid = kUid}));
    EXPECT_EQ(owner.pod_path, path);
    EXPECT_EQ(owner.container_path, "");
  }
}

TEST(ParseCgroupPath, TheInnermostContainerCounts) {
  const std::string path = Fill("/docker/<ID>/docker/<INNER>");
  EXPECT_EQ(ParseCgroupPath(path).container, (CgroupContainer{kInner, kDocker, ""}));
  const std::string lxc = Fill("/lxc.payload.ci/system.slice/docker-<ID>.scope");
  EXPECT_EQ(ParseCgroupPath(lxc).container, (CgroupContainer{kId, kDocker, ""}));
}

TEST(ParseCgroupPath, WhatOnlyLooksLikeAContainerIsNone) {
  for (const char* text :
       {"/", "", "/user.slice", "/system.slice/docker.service", "/docker", "/lxc", "/lxc.payload.",
        "/lxc.monitor.web", "/machine.slice/libpod-conmon-<ID>.scope",
        "/kubepods/pod<UID>/crio-conmon-<ID>", "/system.slice/docker-<ID>0.scope",
        "/system.slice/dockerX<ID>.scope", "/docker/3f1c0d9be27a", "/docker/<ID>x",
        "/machine.slice/machine-.scope", "/machine.slice/systemd-nspawn@.service",
        "/system.slice/podman.service", "/podsomething", "/pod<UID>"}) {
    const std::string path = Fill(text);
    EXPECT_EQ(ParseCgroupPath(path).container.id, "") << path;
    EXPECT_EQ(ParseCgroupPath(path).container_path, "") << path;
  }
}

struct UnitCase {
  std::string path;
  std::string unit, user_unit, slice;
};

TEST(ParseCgroupPath, KnowsSystemdsUnits) {
  const std::string user = "/user.slice/user-1000.slice/";
  const std::vector<UnitCase> cases = {
      {"/", "", "", ""},
      {"/init.scope", "init.scope", "", ""},
      {"/system.slice", "", "", "system.slice"},
      {"/system.slice/nginx.service", "nginx.service", "", "system.slice"},
      {"/system.slice/nginx.service/worker", "nginx.service", "", "system.slice"},
      {"/system.slice/system-getty.slice/getty@tty1.service", "getty@tty1.service", "",
       "system-getty.slice"},
      {"/system.slice/system-openvpn\\x2dclient.slice/openvpn-client@a\\x2db.service",
       "openvpn-client@a\\x2db.service", "", "system-openvpn\\x2dclient.slice"},
      {"/system.slice/_cpu.odd.service", "cpu.odd.service", "", "system.slice"},
      {"/system.slice/home.mount", "home.mount", "", "system.slice"},
      {"/system.slice/dev-sda2.swap", "dev-sda2.swap", "", "system.slice"},
      {"/system.slice/cups.socket", "cups.socket", "", "system.slice"},
      {user + "session-3.scope", "session-3.scope", "", "user-1000.slice"},
      {user + "user@1000.service/init.scope", "user@1000.service", "init.scope", "user-1000.slice"},
      {user + "user@1000.service/app.slice/app-firefox\\x2desr.slice/app-x@1.service",
       "user@1000.service", "app-x@1.service", "user-1000.slice"},
      {user + "user@1000.service/app.slice", "user@1000.service", "", "user-1000.slice"},
      {user + "user@1000.service/session.slice/pipewire.service/x", "user@1000.service",
       "pipewire.service", "user-1000.slice"},
      // A container that runs a systemd of its own: to this host its units are the scope's.
      {"/machine.slice/machine-arch.scope/system.slice/sshd.service", "machine-arch.scope", "",
       "machine.slice"},
      {"/docker/system.slice/nginx.service", "", "", ""},
      {"/../../system.slice/cron.service", "cron.service", "", "system.slice"},
      {"/system.slice/cron.service (deleted)", "cron.service", "", "system.slice"},
      {"/system.slice/not a unit.service", "", "", "system.slice"},
      {"/system.slice/.service", "", "", "system.slice"},
      {"/system.slice/plain", "", "", "system.slice"},
      {"//system.slice//ssh.service/", "ssh.service", "", "system.slice"},
  };
  for (const UnitCase& test : cases) {
    const CgroupOwner owner = ParseCgroupPath(test.path);
    EXPECT_EQ(owner.unit, test.unit) << test.path;
    EXPECT_EQ(owner.user_unit, test.user_unit) << test.path;
    EXPECT_EQ(owner.slice, test.slice) << test.path;
  }
}

TEST(ParseCgroupPath, TellsAUnitsOwnCgroupFromThoseInside) {
  const std::string_view path =
      "/user.slice/user-1000.slice/user@1000.service/app.slice/a.service/b";
  const CgroupOwner owner = ParseCgroupPath(path);
  EXPECT_EQ(owner.unit_path, "/user.slice/user-1000.slice/user@1000.service");
  EXPECT_EQ(owner.user_unit_path, path.substr(0, path.size() - 2));
}

TEST(ParseCgroupPath, AnyBytesAreAPath) {
  std::string path;
  for (int i = 0; i < 4096; ++i) {
    path += static_cast<char>(i * 7 + i / 256);
    if (i % 31 == 0) path += '/';
    ParseCgroupPath(path);
  }
  ParseCgroupPath(std::string(100'000, '/'));
  ParseCgroupPath(std::string(100'000, '\\') + ".service");
}

TEST(ChooseCgroupPath, PrefersV2ThenSystemdThenAnythingButTheRoot) {
  EXPECT_EQ(ChooseCgroupPath("0::/system.slice/a.service\n"), "/system.slice/a.service");
  EXPECT_EQ(ChooseCgroupPath("12:pids:/p\n1:name=systemd:/s\n0::/v2\n"), "/v2");
  EXPECT_EQ(ChooseCgroupPath("12:pids:/p\n1:name=systemd:/s\n0::/\n"), "/s");
  EXPECT_EQ(ChooseCgroupPath("12:pids:/p\n5:cpu,cpuacct:/c\n1:name=systemd:/\n0::/\n"), "/p");
  EXPECT_EQ(ChooseCgroupPath("5:cpu:/\n0::/\n"), "/");
  EXPECT_EQ(ChooseCgroupPath("5:cpu:/\n"), "/");
  EXPECT_EQ(ChooseCgroupPath("0::/with:colons:in it\n"), "/with:colons:in it");
}

TEST(ChooseCgroupPath, TakesWholeLinesOnly) {
  EXPECT_EQ(ChooseCgroupPath(""), "");
  EXPECT_EQ(ChooseCgroupPath("0::/system.slice/a.serv"), "");
  EXPECT_EQ(ChooseCgroupPath("1:name=systemd:/s\n0::/system.slice/a.serv"), "/s");
  EXPECT_EQ(ChooseCgroupPath("nonsense\n:::\n::\n\n"), "");
}

TEST(ShortContainerId, ShortensHexadecimalOnesOnly) {
  EXPECT_EQ(ShortContainerId(kId), "3f1c0d9be27a");
  EXPECT_EQ(ShortContainerId("a-container-with-a-long-name"), "a-container-with-a-long-name");
  EXPECT_EQ(ShortContainerId(""), "");
}

}  // namespace
}  // namespace syspulse
