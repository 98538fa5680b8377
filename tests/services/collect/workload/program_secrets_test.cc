// What programs take for secrets, as it comes out of RedactSecrets.
#include "services/collect/workload/program_secrets.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "services/collect/workload/redaction.h"

namespace syspulse {
namespace {

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

TEST(ProgramSecrets, TakesOutOptionsInGroups) {
  const std::vector<Case> cases = {
      {"curl|-su|u:abc|h", "curl|-su|u:***|h"},
      {"curl|-sSLu|u:abc", "curl|-sSLu|u:***"},
      {"curl|-sSLuu:abc", "curl|-sSLuu:***"},
      {"curl|--user=u:abc|--proxy-user=v:abc", "curl|--user=u:***|--proxy-user=v:***"},
      {"mysql|-vpabc|db", "mysql|-vp***|db"},
      {"mysqldump|-AEpabc", "mysqldump|-AEp***"},
      {"mysql|-e|a; b|-vpabc", "mysql|-e|a; b|-vp***"},
      {"zip|-rP|abc|x.zip", "zip|-rP|***|x.zip"},
      {"zip|-9Pabc", "zip|-9P***"},
      {"unzip|-Pabc", "unzip|-P***"},
      {"sqlcmd|-Pabc", "sqlcmd|-P***"},
      {"ldapsearch|-wabc", "ldapsearch|-w***"},
      {"ldapsearch|-xw|abc", "ldapsearch|-xw|***"},
      {"docker|login|-u|u|-p|abc", "docker|login|-u|u|-p|***"},
      {"sh|-c|docker login -p abc && docker run -p 80:80 x",
       "sh|-c|docker login -p *** && docker run -p 80:80 x"},
      {"openssl|enc|-k|abc", "openssl|enc|-k|***"},
      {"aws|configure|set|aws_secret_access_key|abc",
       "aws|configure|set|aws_secret_access_key|***"},
      {"mysqladmin|-uroot|password|abc", "mysqladmin|-uroot|password|***"},
  };
  for (const Case& one : cases) EXPECT_EQ(Redact(one.given), one.expected) << one.given;
  for (const char* text : {"curl|-ou|http://h:80/", "curl|-sXPUT|h", "mysql|-hpath|-Dpaper",
                           "sh|-c|mysqldump db; tar -xpf a.tar", "docker|run|-p|80:80|login",
                           "openssl|s_client|-connect|h:1", "zip|-r|a.zip|-x|P",
                           "mysql|-e|select password from t", "sh|-c|set token; set -e"}) {
    EXPECT_EQ(Redact(text), text);
  }
}

TEST(ProgramSecrets, KnowsWhatOptionsOfProgramsHide) {
  const std::vector<Case> cases = {
      {"curl|-b|sid=abc|h", "curl|-b|sid=***|h"},
      {"curl|-E|c.pem:abc", "curl|-E|c.pem:***"},
      {"curl|--cert|c.pem:abc", "curl|--cert|c.pem:***"},
      {"curl|-x|u:abc@proxy:3128", "curl|-x|u:***@proxy:3128"},
      {"http|-a|u:abc|h", "http|-a|***|h"},
      {"valkey-cli|-a|abc|ping", "valkey-cli|-a|***|ping"},
      {"skopeo|copy|--dest-creds=u:abc|a|b", "skopeo|copy|--dest-creds=u:***|a|b"},
      {"helm|registry|login|-u|u|-p|abc|h", "helm|registry|login|-u|u|-p|***|h"},
      {"kubectl|create|secret|generic|x|--from-literal=foo=abc",
       "kubectl|create|secret|generic|x|--from-literal=foo=***"},
      {"smbclient|//h/s|-Uuser%abc", "smbclient|//h/s|-Uuser%***"},
      {"lftp|-u|user,abc|ftp://h", "lftp|-u|user,***|ftp://h"},
      {"sudo|net|ads|join|-U|a%abc", "sudo|net|ads|join|-U|a%***"},
      {"etcdctl|--user=root:abc|get|x", "etcdctl|--user=root:***|get|x"},
      {"snmpwalk|-v2c|-c|abc|h", "snmpwalk|-v2c|-c|***|h"},
      {"ipmitool|-H|h|-P|abc|power", "ipmitool|-H|h|-P|***|power"},
      {"xfreerdp|/u:me|/p:abc|/v:h", "xfreerdp|/u:me|/p:***|/v:h"},
      {"rar|a|-hpabc|x.rar", "rar|a|-hp***|x.rar"},
      {"pdftotext|-upw|abc|x", "pdftotext|-upw|***|x"},
      {"python3|-m|twine|upload|-p|abc", "python3|-m|twine|upload|-p|***"},
      {"ssh|-o|ProxyCommand=sshpass -p abc ssh h|x", "ssh|-o|ProxyCommand=sshpass -p *** ssh h|x"},
  };
  for (const Case& one : cases) EXPECT_EQ(Redact(one.given), one.expected) << one.given;
}

TEST(ProgramSecrets, KnowsCommandsThatTakeSecretsAsWords) {
  const std::vector<Case> cases = {
      {"rabbitmqctl|-q|add_user|me|abc", "rabbitmqctl|-q|add_user|me|***"},
      {"vault|login|abc", "vault|login|***"},
      {"vault|kv|put|secret/x|value=abc", "vault|kv|put|secret/x|value=***"},
      {"wpa_passphrase|net|abc", "wpa_passphrase|net|***"},
      {"htpasswd|-nbB|me|abc", "htpasswd|-nbB|me|***"},
      {"openssl|passwd|-6|abc", "openssl|passwd|-6|***"},
      {"mc|alias|set|a|http://h|abc|abc", "mc|alias|set|a|http://h|***|***"},
      {"smbclient|//h/s|abc|-U|me", "smbclient|//h/s|***|-U|me"},
      {"qpdf|--encrypt|abc|abc|256|--|a|b", "qpdf|--encrypt|***|***|256|--|a|b"},
      {"sqlplus|-s|scott/abc@db|@x.sql", "sqlplus|-s|scott/***@db|@x.sql"},
      {"java|jdbc:oracle:thin:scott/abc@//h/x", "java|jdbc:oracle:thin:scott/***@//h/x"},
      {"sh|-c|wpa_passphrase net abc; curl -u u:abc h",
       "sh|-c|wpa_passphrase net *** curl -u u:*** h"},
      {"yarn|config|set|npmAuthToken|abc", "yarn|config|set|npmAuthToken|***"},
      {"nmcli|c|add|wifi-sec.psk|abc", "nmcli|c|add|wifi-sec.psk|***"},
      {"perl|-e|$ENV{TOKEN}=\"abc\"", "perl|-e|$ENV{TOKEN}=\"***\""},
      {"php|-r|$pw = \"abc\"; run();", "php|-r|$pw = *** run();"},
      {"python3|-c|get(u, auth=('me', 'abc'))|x", "python3|-c|get(u, auth=*** ***|x"},
      {"imapsync|--password1|abc|--password2|abc", "imapsync|--password1|***|--password2|***"},
  };
  for (const Case& one : cases) EXPECT_EQ(Redact(one.given), one.expected) << one.given;
}

TEST(ProgramSecrets, TakesOutWhatIsPipedToWhoReadsASecret) {
  EXPECT_EQ(RedactSecrets("echo abc | docker login --password-stdin"),
            "echo *** | docker login --password-stdin");
  EXPECT_EQ(RedactSecrets("cd x; printf '%s' abc | sudo -S ls"),
            "cd x; printf *** *** | sudo -S ls");
  EXPECT_EQ(RedactSecrets("echo -n abc | tee x"), "echo -n abc | tee x");
  EXPECT_EQ(RedactSecrets("sudo -S ls; echo abc"), "sudo -S ls; echo abc");
}

TEST(ProgramSecrets, TakesNoCommonWordForAProgram) {
  for (const char* text : {"app|http|-a|0.0.0.0|net|-U|a%b",
                           "python3|-m|http.server|8000",
                           "mc|cp|a|b",
                           "exp|x",
                           "vault|server|-config=/etc/vault.hcl",
                           "vault|status",
                           "rabbitmqctl|list_queues|name",
                           "ffmpeg|-i|a|-pass|1|b",
                           "curl|-b|/tmp/cookies",
                           "curl|-u|me|h",
                           "smbclient|-L|h|-U|me",
                           "snmpd|-c|/etc/snmp/snmpd.conf",
                           "mongod|-f|/etc/mongod.conf",
                           "docker|run|h:5000/app@sha256:0123abcd",
                           "qemu|-drive|file=rbd:pool/image@snap:id=a",
                           "java|-javaagent:/opt/a.jar=7071:/opt/b@c.yml",
                           "app|mailto:me@example.com|npm:a@1.2",
                           "sha1sum|0123456789abcdef0123456789abcdef01234567",
                           "sqlplus|/|as|sysdba",
                           "exp|file=a/b",
                           "java|org/apache/Very1/Long/Path/Of/ClassNameA"}) {
    EXPECT_EQ(Redact(text), text);
  }
}

}  // namespace
}  // namespace syspulse
