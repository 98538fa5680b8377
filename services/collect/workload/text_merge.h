// The families of several files as one set: none twice, and every series only once.
//
// Files know nothing of each other. Where they contradict each other the first one wins, in the
// order of their paths, and a sentence says what was left out.
#ifndef SERVICES_COLLECT_WORKLOAD_TEXT_MERGE_H_
#define SERVICES_COLLECT_WORKLOAD_TEXT_MERGE_H_

#include <string>
#include <vector>

#include "services/collect/workload/text_parser.h"

namespace syspulse {

// A file that was parsed. Borrowed.
struct ParsedFile {
  std::string path;
  const std::vector<TextFamily>* families = nullptr;
};

struct MergedFamilies {
  std::vector<TextFamily> families;  // each with a help
  std::vector<std::string> conflicts;
};

// Returns the families of all files. Left out are families whose help or type is another than in a
// file before, series that stand in a file before, names that the agent has for what it says of
// the files itself, and what is too much all in all.
MergedFamilies MergeFamilies(const std::vector<ParsedFile>& files);

}  // namespace syspulse

#endif  // SERVICES_COLLECT_WORKLOAD_TEXT_MERGE_H_
