// label_replace() and label_join(): new labels out of old ones.
#ifndef SERVICES_PROMQL_LABEL_FUNCTIONS_H_
#define SERVICES_PROMQL_LABEL_FUNCTIONS_H_

#include "absl/status/status.h"
#include "services/promql/ast.h"
#include "services/promql/column.h"
#include "services/promql/evaluation.h"

namespace syspulse::promql {

// Send the rows of the call's vector with changed labels. FailedPrecondition if a label cannot have
// such a name, the regular expression is none, or two rows end up with the same labels.
absl::Status LabelReplaceRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                              const RowSink& sink);
absl::Status LabelJoinRows(Evaluation& evaluation, const Call& call, const Grid& grid,
                           const RowSink& sink);

}  // namespace syspulse::promql

#endif  // SERVICES_PROMQL_LABEL_FUNCTIONS_H_
