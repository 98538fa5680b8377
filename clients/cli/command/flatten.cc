#include <google/protobuf/descriptor.h>
#include <google/protobuf/map_field.h>
#include <google/protobuf/util/time_util.h>

#include <cstddef>
#include <string>

#include "absl/strings/str_format.h"
#include "clients/cli/command/fields.h"
#include "clients/cli/output/units.h"

namespace syspulse {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;
using google::protobuf::Reflection;

// Returns the text of one scalar; `index` is below zero for fields that are not lists.
Cell ScalarCell(const Message& message, const FieldDescriptor* field, int index) {
  const Reflection& get = *message.GetReflection();
  const bool one = index < 0;
  switch (field->cpp_type()) {
    case FieldDescriptor::CPPTYPE_DOUBLE:
      return NumberCell(
          one ? get.GetDouble(message, field) : get.GetRepeatedDouble(message, field, index), 3);
    case FieldDescriptor::CPPTYPE_INT32:
      return CountCell(one ? get.GetInt32(message, field)
                           : get.GetRepeatedInt32(message, field, index));
    case FieldDescriptor::CPPTYPE_INT64:
      return CountCell(one ? get.GetInt64(message, field)
                           : get.GetRepeatedInt64(message, field, index));
    case FieldDescriptor::CPPTYPE_BOOL:
      return TextCell(
          (one ? get.GetBool(message, field) : get.GetRepeatedBool(message, field, index))
              ? "true"
              : "false");
    case FieldDescriptor::CPPTYPE_ENUM:
      return TextCell(
          (one ? get.GetEnum(message, field) : get.GetRepeatedEnum(message, field, index))->name());
    default:
      return TextCell(one ? get.GetString(message, field)
                          : get.GetRepeatedString(message, field, index));
  }
}

// Returns what tells an element of a list from its neighbours.
std::string ElementKey(const Message& element, int index) {
  for (const char* name : {"device", "mountpoint", "core", "pid", "key"}) {
    const FieldDescriptor* field = element.GetDescriptor()->FindFieldByName(name);
    // Filesystems have a device as well, but several may share it.
    if (field == nullptr || (field->name() == "device" &&
                             element.GetDescriptor()->FindFieldByName("mountpoint") != nullptr)) {
      continue;
    }
    return ScalarCell(element, field, -1).exact;
  }
  return absl::StrFormat("%d", index);
}

void AppendFields(const Message& message, const std::string& prefix, Table* table);

void AppendValue(const Message& message, const FieldDescriptor* field, int index,
                 const std::string& path, Table* table) {
  if (field->cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) {
    table->rows.push_back({TextCell(path), ScalarCell(message, field, index)});
    return;
  }
  const Reflection& get = *message.GetReflection();
  const Message& value =
      index < 0 ? get.GetMessage(message, field) : get.GetRepeatedMessage(message, field, index);
  if (const auto* time = dynamic_cast<const google::protobuf::Timestamp*>(&value)) {
    table->rows.push_back({TextCell(path), TextCell(ExactTime(TimeOf(*time)))});
  } else if (const auto* span = dynamic_cast<const google::protobuf::Duration*>(&value)) {
    using google::protobuf::util::TimeUtil;
    table->rows.push_back({TextCell(path), TextCell(TimeUtil::ToString(*span))});
  } else {
    AppendFields(value, path + ".", table);
  }
}

void AppendFields(const Message& message, const std::string& prefix, Table* table) {
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const std::string path = prefix + field->json_name();
    if (!field->is_repeated()) {
      AppendValue(message, field, -1, path, table);
      continue;
    }
    for (int i = 0; i < message.GetReflection()->FieldSize(message, field); ++i) {
      const bool nested = field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
      const std::string key =
          nested ? ElementKey(message.GetReflection()->GetRepeatedMessage(message, field, i), i)
                 : absl::StrFormat("%d", i);
      AppendValue(message, field, i, absl::StrFormat("%s[%s]", path, key), table);
    }
  }
}

}  // namespace

Table Flatten(const Message& message) {
  Table table{.columns = {{"FIELD", "field"}, {"VALUE", "value"}}};
  AppendFields(message, "", &table);
  return table;
}

}  // namespace syspulse
