#include "services/collect/workload/redaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstddef>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace syspulse {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

// Arguments are written with a bar between them.
std::string Redact(std::string text) {
  std::ranges::replace(text, '|', '\0');
  std::string redacted = RedactSecrets(text);
  std::ranges::replace(redacted, '\0', '|');
  return redacted;
}

struct Case {
  std::string given;
  std::string expected;
};

TEST(RedactSecrets, TakesOutWhatIsASecretByItsName) {
  const std::vector<Case> cases = {
      {"app|--password=hunter2|-v", "app|--password=***|-v"},
      {"app|--password|hunter2|-v", "app|--password|***|-v"},
      {"app|--password|-hunter2", "app|--password|***"},
      {"app|--password=two words", "app|--password=***"},
      {"app|--password=a&b;c,d", "app|--password=***"},
      {"app|--token|x|--api-key=y|--apikey|z", "app|--token|***|--api-key=***|--apikey|***"},
      {"app|--secret=s|--client-secret|s", "app|--secret=***|--client-secret|***"},
      {"app|-Dspring.datasource.password=x|-jar", "app|-Dspring.datasource.password=***|-jar"},
      {"app|-Dpassword=x", "app|-Dpassword=***"},
      {"env|PASSWORD=x|DB_PASSWORD=y|PATH=/bin", "env|PASSWORD=***|DB_PASSWORD=***|PATH=/bin"},
      {"env|AWS_SECRET_ACCESS_KEY=x/y+z|MYSQL_PWD=w",
       "env|AWS_SECRET_ACCESS_KEY=***|MYSQL_PWD=***"},
      {"docker|run|-e|DB_PASSWORD=x|--env=API_TOKEN=y",
       "docker|run|-e|DB_PASSWORD=***|--env=API_TOKEN=***"},
      {"helm|--set|a=1,db.password=x,b=2", "helm|--set|a=1,db.password=***,b=2"},
      {"app|Server=db;Password=x;Pooling=1", "app|Server=db;Password=***;Pooling=1"},
      {"app|host=db password=x user=me", "app|host=db password=*** user=me"},
      {R"(app|{"user":"me","password":"a \"b\" c","n":1})",
       R"(app|{"user":"me","password":"***","n":1})"},
      {R"(app|{"api_key": "abc", "n": 1})", R"(app|{"api_key": *** "n": 1})"},
      {"redis-server|--requirepass|x", "redis-server|--requirepass|***"},
      {"keytool|-storepass|changeit", "keytool|-storepass|***"},
      {"title: worker --password=x idle", "title: worker --password=*** idle"},
  };
  for (const Case& one : cases) EXPECT_EQ(Redact(one.given), one.expected) << one.given;
}

TEST(RedactSecrets, TakesOutWhatIsASecretByItsPlace) {
  const std::vector<Case> cases = {
      {"psql|postgres://me:pa55@db:5432/app", "psql|postgres://me:***@db:5432/app"},
      {"app|--url=amqp://u:p@ss@mq/x?y=1", "app|--url=amqp://u:***@mq/x?y=1"},
      {"app|redis://:p@cache", "app|redis://:***@cache"},
      {"app|redis://:a/b@cache", "app|redis://:***@cache"},
      {"app|me:pw@tcp(db:3306)/app", "app|me:***@tcp(db:3306)/app"},
      {"curl|http://h/a?x=1&token=abc&y=2#z", "curl|http://h/a?x=1&token=***&y=2#z"},
      {"curl|-H|Authorization: Bearer abc.def", "curl|-H|Authorization: Bearer ***"},
      {"curl|-H|Authorization: Basic dTpw|http://h", "curl|-H|Authorization: Basic ***|http://h"},
      {"curl|-H|authorization:dTpw", "curl|-H|authorization:***"},
      {"curl|-H|X-Api-Key: abc", "curl|-H|X-Api-Key: ***"},
      {"curl|-H|X-Auth-Token:abc", "curl|-H|X-Auth-Token:***"},
      {"curl|-u|me:pw|http://h", "curl|-u|me:***|http://h"},
      {"curl|-ume:pw", "curl|-ume:***"},
      {"curl|--user|me:pw", "curl|--user|me:***"},
      {"mysql|-psecret|-u|root", "mysql|-p***|-u|root"},
      {"/usr/bin/mysqldump|-p12345", "/usr/bin/mysqldump|-p***"},
      {"docker|exec|db|mysql|-psecret", "docker|exec|db|mysql|-p***"},
      {"sshpass|-p|x|ssh|h", "sshpass|-p|***|ssh|h"},
      {"redis-cli|-a|x|ping", "redis-cli|-a|***|ping"},
      {"sh|-c|mysql -psecret db && curl -u me:pw h", "sh|-c|mysql -p*** db && curl -u me:*** h"},
      {"sh|-c|curl -H 'Authorization: Bearer abc' http://h",
       "sh|-c|curl -H 'Authorization: Bearer ***' http://h"},
      {"sh|-c|x --password 'a b' y", "sh|-c|x --password *** y"},
      {"sh|-c|PASSWORD='a b' run", "sh|-c|PASSWORD=***"},
      {"say|bearer 0123456789abcdef0", "say|bearer ***"},
  };
  for (const Case& one : cases) EXPECT_EQ(Redact(one.given), one.expected) << one.given;
}

TEST(RedactSecrets, TakesOutHeadersWithoutABlankBehindTheColon) {
  const std::vector<Case> cases = {
      {"curl|-H|Authorization:Bearer abc", "curl|-H|Authorization:Bearer ***"},
      {"curl|-HAuthorization:Basic abc|h", "curl|-HAuthorization:Basic ***|h"},
      {"curl|-HAuthorization:\tBasic abc", "curl|-HAuthorization:\tBasic ***"},
      {"curl|-H|Proxy-Authorization:Basic abc", "curl|-H|Proxy-Authorization:Basic ***"},
      {"http|h|Authorization:Token abc|x=1", "http|h|Authorization:Token ***|x=1"},
      {"curl|-HCookie: a=b; c=d|h", "curl|-HCookie: *** ***|h"},
      {"sh|-c|curl -H 'Authorization:Bearer abc' h", "sh|-c|curl -H 'Authorization:Bearer ***' h"},
      {R"(sh|-c|curl -H "Authorization:Bearer abc" h)",
       R"(sh|-c|curl -H "Authorization:Bearer ***" h)"},
      {R"(sh|-c|curl -H Authorization:Bearer\ abc)", R"(sh|-c|curl -H Authorization:Bearer\ ***)"},
      {"curl|-H|PRIVATE-TOKEN:abc|h", "curl|-H|PRIVATE-TOKEN:***|h"},
      {"curl|-HPRIVATE-TOKEN:abc", "curl|-HPRIVATE-TOKEN:***"},
      {"curl|-H|apikey:abc", "curl|-H|apikey:***"},
      {"curl|-H|Api-Key:abc", "curl|-H|Api-Key:***"},
      {"curl|-HX-Api-Key:/abc", "curl|-HX-Api-Key:***"},
      {"sh|-c|curl -H 'Api-Key:abc' h", "sh|-c|curl -H 'Api-Key:***' h"},
      {R"(sh|-c|x "PASSWORD=a,b" y)", R"(sh|-c|x "PASSWORD=***" y)"},
      {"app|--password:abc|/password:abc", "app|--password:***|/password:***"},
  };
  for (const Case& one : cases) EXPECT_EQ(Redact(one.given), one.expected) << one.given;
}

TEST(RedactSecrets, TakesOutAssignmentsOfProgramsAndSql) {
  const std::vector<Case> cases = {
      {"psql|host=h password = abc user=me", "psql|host=h password = *** user=me"},
      {"psql|host=h password='a b' user=me", "psql|host=h password='***' user=me"},
      {"app|password|=|abc", "app|password|=|***"},
      {"python3|-c|f(h='x', password = 'abc')", "python3|-c|f(h='x', password = ***"},
      {"python3|-c|PASSWORD = \"abc\"; run()", "python3|-c|PASSWORD = *** run()"},
      {"python3|-c|{'password': 'abc'}", "python3|-c|{'password': ***"},
      {"python3|-c|d={'password': 'abc'}", "python3|-c|d={'password': ***"},
      {"python3|-c|d={\"password\" : \"abc\"}", "python3|-c|d={\"password\" : ***"},
      {"python3|-c|{'password':'abc','n':1}", "python3|-c|{'password':'***','n':1}"},
      {"python3|-c|os.environ['PASSWORD']='abc'; f()",
       "python3|-c|os.environ['PASSWORD']='***'; f()"},
      {"python3|-c|os.environ['PASSWORD'] = 'abc'", "python3|-c|os.environ['PASSWORD'] = ***"},
      {R"(app|{\"password\":\"abc\",\"n\":1})", R"(app|{\"password\":\"***\",\"n\":1})"},
      {R"(app|{\\\"password\\\":\\\"abc\\\"})", R"(app|{\\\"password\\\":\\\"***\\\"})"},
      {R"(app|{\"password\": \"abc\"})", R"(app|{\"password\": ***)"},
      {R"(app|{"Authorization":"Bearer abc"})", R"(app|{"Authorization":"***"})"},
      {R"(sh|-c|x; PASSWORD='abc'"'"'abc' run)", "sh|-c|x; PASSWORD=*** run"},
      {"sh|-c|x; PASSWORD=''abc run", "sh|-c|x; PASSWORD=*** run"},
      {"node|-e|const token = 'abc'", "node|-e|const token = ***"},
      {"psql|-c|CREATE ROLE x PASSWORD 'abc'", "psql|-c|CREATE ROLE x PASSWORD ***"},
      {"psql|-c|alter role x with password 'a b';", "psql|-c|alter role x with password ***"},
      {"mysql|-e|ALTER USER a IDENTIFIED BY 'abc'", "mysql|-e|ALTER USER a IDENTIFIED BY ***"},
      {"mysql|-e|x IDENTIFIED WITH y BY 'abc'", "mysql|-e|x IDENTIFIED WITH y BY ***"},
      {"mysql|-e|IDENTIFIED BY PASSWORD 'abc'", "mysql|-e|IDENTIFIED BY *** ***"},
      {"mysql|-e|SET PASSWORD = 'abc'", "mysql|-e|SET PASSWORD = ***"},
      {"sh|-c|psql -c \"CREATE ROLE x PASSWORD 'abc'\" db",
       "sh|-c|psql -c \"CREATE ROLE x PASSWORD ***'\" db"},
      {R"(sh|-c|sh -c "psql -c \"CREATE ROLE x PASSWORD 'abc'\"")",
       R"(sh|-c|sh -c "psql -c \"CREATE ROLE x PASSWORD ***)"},
  };
  for (const Case& one : cases) EXPECT_EQ(Redact(one.given), one.expected) << one.given;
}

TEST(RedactSecrets, KnowsMoreNamesOfSecrets) {
  for (const char* name :
       {"SECRET_KEY_BASE", "--private-key", "--ssh-key", "--dbpass", "--rootpw", "--credentials",
        "--auth", "--jwt", "--psk", "--pat", "GH_PAT", "STRIPE_KEY", "OPENAI_KEY",
        "AZURE_STORAGE_KEY", "REDISCLI_AUTH", "-Dpass", "-DPASS", "-eSTRIPE_KEY", "--cookie"}) {
    EXPECT_TRUE(IsSecretName(name)) << name;
    EXPECT_EQ(Redact(std::string("app|") + name + "=abc|x"), std::string("app|") + name + "=***|x");
  }
  EXPECT_EQ(Redact("app|--private-key|abc|--auth|abc"), "app|--private-key|***|--auth|***");
  for (const char* name :
       {"--author", "--oauth", "--path", "--cookie-jar", "PUBLIC_KEY", "SORT_KEY", "KEY", "--key",
        "--compat", "monkey", "--keyboard", "--path-key-file", "GOOGLE_APPLICATION_CREDENTIALS",
        "-bypass", "-Dcompass", "--private-key-file", "--hotkey", "_KEYS"}) {
    EXPECT_FALSE(IsSecretName(name)) << name;
  }
  EXPECT_EQ(Redact("dovecot/auth: 3 clients"), "dovecot/auth: 3 clients");
  EXPECT_EQ(Redact("auth: 3 clients"), "auth: 3 clients");
}

TEST(RedactSecrets, TakesOutWhatOpensThingsByUrlAndPrivateKeys) {
  const std::string token = "0a1b2c3d4e5f6a7b8c9d";
  const std::string begin = std::string("-----BEGIN RSA PRIVATE") + " KEY-----";
  const std::vector<Case> cases = {
      {"git|https://" + token + "@h/x", "git|https://***@h/x"},
      {"git|https://" + token + ":x-oauth-basic@h/x", "git|https://***:x-oauth-basic@h/x"},
      {"curl|https://abc:@h/x", "curl|https://***:@h/x"},
      {"curl|https://h/x?sv=1&sig=abc&y=2", "curl|https://h/x?sv=1&sig=***&y=2"},
      {"curl|https://hooks.slack.com/services/T0/B0/abc|x",
       "curl|https://hooks.slack.com/services/***|x"},
      {"app|--to=https://discord.com/api/webhooks/12/abc",
       "app|--to=https://discord.com/api/webhooks/***"},
      {"sh|-c|curl 'https://hooks.slack.com/services/T0/B0/abc' -d x",
       "sh|-c|curl 'https://hooks.slack.com/services/***' -d x"},
      {"app|" + begin + "\nabc\nabc\n-----END RSA PRIVATE KEY-----|x",
       "app|" + begin + "***-----END RSA PRIVATE KEY-----|x"},
      {"app|-k" + begin + "\nabc|x|-----END", "app|-k" + begin + "***|x|-----END"},
  };
  for (const Case& one : cases) EXPECT_EQ(Redact(one.given), one.expected) << one.given;
  for (const char* text :
       {"git|clone|https://me@h/x", "git|https://first.last-of-all@h/x", "app|sig=1|--sig=2",
        "curl|https://hooks.slack.com/services/", "curl|https://discord.com/api/users/1",
        "app|-----BEGIN CERTIFICATE-----\nabc\n-----END CERTIFICATE-----", "app|-----BEGIN "}) {
    EXPECT_EQ(Redact(text), text);
  }
}

TEST(RedactSecrets, TakesOutWhatLooksLikeASecret) {
  // Put together here so that no scanner of repositories takes them for real ones.
  const std::string key = std::string("AKIA") + "ABCDEFGHIJKLMNOP";
  const std::string github = std::string("ghp_") + std::string(36, 'a');
  const std::string slack = std::string("xapp") + "-1-A0123456789";
  const std::string model = std::string("sk") + "-" + std::string(40, 'b');
  const std::string aws = std::string("wJalrXUtnFEMI/K7MDENG/") + "bPxRfiCY0123456789";
  const std::string jwt = std::string("eyJ") + "hbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl";
  for (const std::string& secret : {key, github, slack, model, aws, jwt}) {
    EXPECT_EQ(Redact("app|" + secret + "|x"), "app|***|x");
    EXPECT_EQ(Redact("app|--with=" + secret), "app|--with=***");
    EXPECT_EQ(Redact("git|https://" + secret + "@host/x"), "git|https://***@host/x");
    EXPECT_EQ(Redact("a title with " + secret + " in it"), "a title with *** in it");
  }
  EXPECT_EQ(Redact("app|" + jwt.substr(0, 20)), "app|***");  // cut where the kernel's text is cut
}

TEST(RedactSecrets, LeavesInnocentTextAlone) {
  for (const char* text : {"app|--password-file=/run/secrets/db|--token-file|/run/token",
                           "app|--no-password|db",
                           "psql|--password|db",
                           "mysql|--password|db",
                           "app|--ask-pass|host",
                           "app|--use-token|x",
                           "app|--max-tokens=100|--tokenizer|bpe",
                           "app|--secrets-dir=/run|--bypass=1|--compass|n",
                           "env|PWD=/home/me|OLDPWD=/",
                           "app|--password|--verbose",
                           "app|--password|-v",
                           "app|--password=",
                           "ssh|-p22|host",
                           "ssh|mysql|-p22",
                           "tar|-xpf|a.tar",
                           "mkdir|-p|/a/b",
                           "ps|-pid",
                           "curl|http://host:8080/a@b",
                           "ssh|ssh://git@host/x.git",
                           "git|clone|git@host:me/x",
                           "docker|run|-v|secret:/run/x",
                           "docker|run|registry/my-token:1.2",
                           "app|-p|8080|--port|80|--author|me",
                           "app|Author:me|host:80|ssh-keygen|-t|rsa",
                           "git|commit|--author=x",
                           "app|keyboard|monkey=1|monkey:1|--path-key-file|/k",
                           "nginx: worker process",
                           "kworker/0:1",
                           "say|the bearer of news",
                           "app|eyJust|AKIA|skip",
                           "rsync|host:/a|b@c:/d",
                           "[a]=(b)|{c}|'d'|\"e\"|--|-|=|:",
                           ""}) {
    EXPECT_EQ(Redact(text), text);
  }
}

TEST(RedactSecrets, KeepsArgumentsApart) {
  EXPECT_EQ(RedactSecrets(std::string_view("a\0\0b\0", 5)), std::string("a\0\0b\0", 5));
  EXPECT_EQ(RedactSecrets(std::string_view("\0\0", 2)), std::string("\0\0", 2));
}

TEST(RedactSecrets, SecretsDoNotComeThroughHoweverTheyAreCut) {
  const std::string whole =
      "app|--password=QQQQ|--token|QQQQ|https://u:QQQQ@h|-H|Authorization: Bearer QQQQ";
  for (std::size_t size = 0; size <= whole.size(); ++size) {
    // A URL is not one without its @.
    const std::string text = Redact(whole.substr(0, size));
    if (whole[std::min(size, whole.size() - 1)] == '@' || text.ends_with("u:Q") ||
        text.ends_with("u:QQ") || text.ends_with("u:QQQ")) {
      continue;
    }
    EXPECT_THAT(text, Not(HasSubstr("Q"))) << text;
  }
}

TEST(RedactSecrets, TakesAnyBytes) {
  std::mt19937 random(7);
  constexpr char kAlphabet[] = "ab=:\"'@/?&;,-{}| \0\xff\npassword--tokenAKIA://";
  for (int round = 0; round < 3000; ++round) {
    std::string text;
    for (auto i = random() % 120; i > 0; --i) text += kAlphabet[random() % (sizeof(kAlphabet) - 1)];
    EXPECT_LE(std::ranges::count(RedactSecrets(text), '\0'), std::ranges::count(text, '\0'));
  }
  for (const char* hostile : {"\"", "://", "=", "password=", "eyJ", "'", "\\\"", "a:b@", "-p"}) {
    std::string text = "x ";
    while (text.size() < 4096) text += hostile;
    EXPECT_LE(RedactSecrets(text).size(), 3 * 4096U);
  }
}

}  // namespace
}  // namespace syspulse
