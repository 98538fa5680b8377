#include "web-gateway/server/static_files.h"

#include <unistd.h>

#include <fstream>

#include "tests/web-gateway/server/gateway_fixture.h"

namespace syspulse {
namespace {

using ::testing::HasSubstr;
namespace fs = std::filesystem;

// A directory of its own, gone with the test.
class Static : public GatewayTest {
 protected:
  Static() {
    std::string pattern = fs::temp_directory_path() / "static_files_test.XXXXXX";
    root_ = fs::path(mkdtemp(pattern.data()));
    Write("site/index.html", "<h1>SysPulse</h1>");
    Write("site/index.html.gz", "gzip form");
    Write("site/index.html.br", "brotli form");
    Write("site/assets/app-4QXZ7B2K.js", "let x");
    Write("secret.txt", "secret");
    fs::create_symlink(root_ / "secret.txt", root_ / "site" / "out.txt");
    fs::create_directory_symlink("/etc", root_ / "site" / "etc");
    fs::create_symlink("index.html", root_ / "site" / "inside.html");
  }
  ~Static() override { fs::remove_all(root_); }
  void SetUp() override { StartGateway({.static_dir = root_ / "site"}); }

  void Write(const std::string& name, const std::string& content) {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream(root_ / name) << content;
  }

  fs::path root_;
};

TEST_F(Static, ServesFilesWithTheirTypes) {
  const HttpAnswer index = Get("/");
  EXPECT_EQ(index.status, 200);
  EXPECT_EQ(index.body, "<h1>SysPulse</h1>");
  EXPECT_EQ(index.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(index.headers.at("cache-control"), "no-cache");
  const HttpAnswer script = Get("/assets/app-4QXZ7B2K.js?v=1");
  EXPECT_EQ(script.headers.at("content-type"), "text/javascript; charset=utf-8");
  EXPECT_THAT(script.headers.at("cache-control"), HasSubstr("immutable"));
  EXPECT_EQ(Get("/inside.html").status, 200);
}

TEST_F(Static, SendsTheFormThatTheClientAccepts) {
  EXPECT_EQ(Get("/", {"Accept-Encoding: gzip, br"}).body, "brotli form");
  const HttpAnswer gzip = Get("/", {"Accept-Encoding: gzip, br;q=0"});
  EXPECT_EQ(gzip.body, "gzip form");
  EXPECT_EQ(gzip.headers.at("content-encoding"), "gzip");
  EXPECT_EQ(gzip.headers.at("content-type"), "text/html; charset=utf-8");
  EXPECT_EQ(gzip.headers.at("vary"), "accept-encoding");
}

TEST_F(Static, UnchangedFilesAreNotSentAgain) {
  const std::string etag = Get("/").headers.at("etag");
  const HttpAnswer again = Get("/", {"If-None-Match: \"other\", W/" + etag});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.headers.at("etag"), etag);
  EXPECT_EQ(Get("/", {"If-None-Match: \"other\""}).status, 200);
  // Another form is another thing.
  EXPECT_EQ(Get("/", {"If-None-Match: " + etag, "Accept-Encoding: br"}).status, 200);
}

TEST_F(Static, HeadHasNoBodyAndOtherMethodsAreRefused) {
  const HttpAnswer head = Fetch(port(), "HEAD", "/");
  EXPECT_EQ(head.status, 200);
  EXPECT_EQ(head.headers.at("content-length"), "17");
  const HttpAnswer refused = Fetch(port(), "DELETE", "/index.html");
  EXPECT_EQ(refused.status, 405);
  EXPECT_EQ(refused.headers.at("allow"), "GET, HEAD");
}

TEST_F(Static, NoPathLeadsOut) {
  for (const char* target :
       {"/../secret.txt", "/..%2fsecret.txt", "/%2e%2e/secret.txt", "/assets/../../secret.txt",
        "/..\\secret.txt", "/%252e%252e/secret.txt", "/index.html%00.txt", "//etc/passwd",
        "/out.txt", "/etc/passwd", "/%ff", "/%"}) {
    const HttpAnswer answer = Get(target);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_THAT(answer.body, Not(HasSubstr("root:"))) << target;
    EXPECT_NE(answer.body, "secret") << target;
  }
}

TEST_F(Static, NewFilesAreServedAfterAReload) {
  Write("site/new.txt", "new");
  EXPECT_EQ(Get("/new.txt").status, 404);
  EXPECT_THAT(gateway_->ReloadFiles(), IsOk());
  EXPECT_EQ(Get("/new.txt").body, "new");
}

TEST_F(Static, MissingDashboardSaysHowToBuildIt) {
  StartGateway({.static_dir = root_ / "none"});
  const HttpAnswer answer = Get("/");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("services/up --build"));
}

TEST_F(Static, DirectoryThatIsNoDashboardIsRefused) {
  Write("site/large.bin", "");
  fs::resize_file(root_ / "site/large.bin", 65 << 20);
  EXPECT_THAT(StaticFiles::Load(root_ / "site"),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr("--static-dir")));
}

}  // namespace
}  // namespace syspulse
