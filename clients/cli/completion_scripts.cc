#include "clients/cli/completion.h"

namespace syspulse {
namespace {

std::string Replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != text.npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
  }
  return text;
}

std::string Joined(const std::vector<std::string>& words, std::string_view separator) {
  std::string joined;
  for (const std::string& word : words) {
    if (!joined.empty()) joined += separator;
    joined += word;
  }
  return joined;
}

std::string FlagWords(const std::vector<CompletionFlag>& flags) {
  std::vector<std::string> words;
  for (const CompletionFlag& flag : flags) {
    words.insert(words.end(), flag.names.begin(), flag.names.end());
  }
  return Joined(words, " ");
}

std::string CommandNames(const CompletionModel& model, std::string_view separator) {
  std::vector<std::string> names;
  for (const CompletionCommand& command : model.commands) names.push_back(command.name);
  return Joined(names, separator);
}

// What a shell's script calls to offer something.
struct Offer {
  std::string_view words;  // those that follow it
  std::string_view files;
};

// Returns one branch of a `case` over "command:flag" for each flag that takes a value.
std::string ValueBranches(const CompletionModel& model, const Offer& offer) {
  std::string branches;
  const auto add = [&](const std::string& command, const std::vector<CompletionFlag>& flags) {
    for (const CompletionFlag& flag : flags) {
      if (!flag.takes_value) continue;
      std::vector<std::string> patterns;
      for (const std::string& name : flag.names) patterns.push_back(command + ":" + name);
      branches += "    " + Joined(patterns, "|") + ") ";
      if (!flag.values.empty()) {
        branches += std::string(offer.words) + " " + Joined(flag.values, " ") + "; ";
      }
      if (flag.takes_file) branches += std::string(offer.files) + "; ";
      branches += "return ;;\n";
    }
  };
  add("*", model.flags);
  for (const CompletionCommand& command : model.commands) add(command.name, command.flags);
  return branches;
}

// Returns one branch for each command: what its argument can be, and its flags.
std::string CommandBranches(const CompletionModel& model, const Offer& offer) {
  std::string branches;
  for (const CompletionCommand& command : model.commands) {
    branches += "    " + command.name + ")\n";
    branches += "      flags=\"$flags " + FlagWords(command.flags) + "\"\n";
    if (!command.names_command.empty()) {
      branches += "      [[ $current == -* ]] || _syspulse_names " + command.names_command + "\n";
    }
    if (!command.arguments.empty()) {
      branches += "      [[ $current == -* ]] || " + std::string(offer.words) + " " +
                  Joined(command.arguments, " ") + "\n";
    }
    if (command.takes_files) {
      branches += "      [[ $current == -* ]] || " + std::string(offer.files) + "\n";
    }
    branches += "      ;;\n";
  }
  return branches;
}

constexpr std::string_view kBash =
    R"sh(# Completes syspulse in bash: source <(syspulse completion bash)

# Offers those of its arguments that begin like the current word.
_syspulse_offer() {
  local word
  for word in "$@"; do
    [[ $word == "$current"* ]] && COMPREPLY+=("$word")
  done
}

# Offers what a command of syspulse prints. Such names come from the network, so they are quoted and
# never evaluated. An expression is often in quotes that readline takes for part of the word.
_syspulse_names() {
  local name
  current=${current#[\'\"]}
  while IFS= read -r name; do
    [[ $name == "$current"* ]] && COMPREPLY+=("$(printf '%q' "$name")")
  done < <("${COMP_WORDS[0]}" "${server[@]}" --timeout 1s "$1" 2>/dev/null)
}

# Offers files that begin like the current word; readline quotes them, and goes on below a folder.
_syspulse_files() {
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -f -- "$current")
}

_syspulse() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local command="" flags="@FLAGS@" i
  local -a server=()
  COMPREPLY=()
  # Readline splits --flag=value into three words.
  if [[ $current == "=" ]]; then
    current=""
  elif [[ $previous == "=" ]]; then
    previous=${COMP_WORDS[COMP_CWORD - 2]}
  fi
  for ((i = 1; i < COMP_CWORD; i++)); do
    case ${COMP_WORDS[i]} in
      --server)
        if [[ ${COMP_WORDS[i + 1]} == "=" ]]; then i=$((i + 1)); fi
        # Readline takes colons apart as well.
        local address="" j
        for ((j = i + 1; j < COMP_CWORD; j++)); do
          address+=${COMP_WORDS[j]}
          [[ ${COMP_WORDS[j]} == ":" || ${COMP_WORDS[j + 1]} == ":" ]] || break
        done
        server=(--server "$address")
        ;;
      @COMMANDS@) [[ $command ]] || command=${COMP_WORDS[i]} ;;
    esac
  done
  case "$command:$previous" in
@VALUES@  esac
  case $command in
    "") [[ $current == -* ]] || _syspulse_offer @WORDS@ ;;
@BRANCHES@  esac
  if [[ $current == -* ]]; then _syspulse_offer $flags; fi
}

complete -F _syspulse @PROGRAM@
)sh";

constexpr std::string_view kZsh = R"sh(#compdef @PROGRAM@
# Completes syspulse in zsh: source <(syspulse completion zsh)

# Offers what a command of syspulse prints. Such names come from the network, so they are never
# evaluated.
_syspulse_names() {
  local -a names
  names=("${(@f)$("${words[1]}" "${server[@]}" --timeout 1s "$1" 2>/dev/null)}")
  compadd -- "${(@)names:#}"
}

_syspulse() {
  local current=${words[CURRENT]} previous=${words[CURRENT-1]}
  local command="" flags="@FLAGS@" i
  local -a server commands
  for ((i = 2; i < CURRENT; i++)); do
    case ${words[i]} in
      --server) server=(--server "${words[i+1]}") ;;
      --server=*) server=("${words[i]}") ;;
      @COMMANDS@) [[ -n $command ]] || command=${words[i]} ;;
    esac
  done
  case "$command:$previous" in
@VALUES@  esac
  case $command in
    "")
      commands=(
@DESCRIBED@      )
      [[ $current == -* ]] || _describe command commands
      ;;
@BRANCHES@  esac
  if [[ $current == -* ]]; then compadd -- ${=flags}; fi
}

# As a file of fpath this is the body of the function; sourced, it registers it.
if [[ ${funcstack[1]} == _syspulse ]]; then
  _syspulse "$@"
else
  compdef _syspulse @PROGRAM@
fi
)sh";

std::string Filled(std::string_view frame, const CompletionModel& model, const Offer& offer) {
  std::string script(frame);
  script = Replaced(script, "@PROGRAM@", model.program);
  script = Replaced(script, "@FLAGS@", FlagWords(model.flags));
  script = Replaced(script, "@COMMANDS@", CommandNames(model, "|"));
  script = Replaced(script, "@WORDS@", CommandNames(model, " "));
  script = Replaced(script, "@VALUES@", ValueBranches(model, offer));
  return Replaced(script, "@BRANCHES@", CommandBranches(model, offer));
}

std::string SingleQuoted(const std::string& text, std::string_view quote) {
  return "'" + Replaced(text, "'", quote) + "'";
}

void AppendFishFlags(const std::vector<CompletionFlag>& flags, const std::string& start,
                     std::string* script) {
  for (const CompletionFlag& flag : flags) {
    *script += start;
    for (const std::string& name : flag.names) {
      *script += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
    }
    if (flag.takes_value) *script += flag.takes_file ? " -r -F" : " -x";
    if (!flag.values.empty()) *script += " -a '" + Joined(flag.values, " ") + "'";
    *script += " -d " + SingleQuoted(flag.help, "\\'") + "\n";
  }
}

}  // namespace

std::string BashCompletion(const CompletionModel& model) {
  return Filled(kBash, model, {.words = "_syspulse_offer", .files = "_syspulse_files"});
}

std::string ZshCompletion(const CompletionModel& model) {
  std::string described;
  for (const CompletionCommand& command : model.commands) {
    described += "        " + SingleQuoted(command.name + ":" + command.help, "'\\''") + "\n";
  }
  const Offer offer = {.words = "compadd --", .files = "_files"};
  return Replaced(Filled(kZsh, model, offer), "@DESCRIBED@", described);
}

std::string FishCompletion(const CompletionModel& model) {
  const std::string start = "complete -c " + model.program;
  std::string script = "# Completes syspulse in fish: syspulse completion fish | source\n";
  script += start + " -f\n";
  AppendFishFlags(model.flags, start, &script);
  for (const CompletionCommand& command : model.commands) {
    script += start + " -n __fish_use_subcommand -a " + command.name + " -d " +
              SingleQuoted(command.help, "\\'") + "\n";
    const std::string within = start + " -n '__fish_seen_subcommand_from " + command.name + "'";
    AppendFishFlags(command.flags, within, &script);
    if (!command.names_command.empty()) {
      script += within + " -a '(" + model.program + " --timeout 1s " + command.names_command +
                " 2>/dev/null)'\n";
    }
    if (!command.arguments.empty()) {
      script += within + " -a '" + Joined(command.arguments, " ") + "'\n";
    }
    if (command.takes_files) script += within + " -F\n";
  }
  return script;
}

}  // namespace syspulse
