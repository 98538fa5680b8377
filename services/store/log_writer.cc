#include "services/store/log_writer.h"

#include <cstring>
#include <utility>

#include "absl/time/time.h"
#include "services/base/status_macros.h"
#include "services/store/bytes.h"
#include "services/store/log_format.h"
#include "services/store/row_codec.h"
#include "services/store/schema_codec.h"

namespace syspulse {
namespace {

void PutKind(RecordKind kind, std::string* out) { out->push_back(static_cast<char>(kind)); }

}  // namespace

absl::StatusOr<std::unique_ptr<LogWriter>> LogWriter::Create(FileSystem* files,
                                                             const std::string& directory,
                                                             std::uint64_t number) {
  ASSIGN_OR_RETURN(std::unique_ptr<WritableFile> file,
                   files->Create(directory + "/" + LogName(number)));
  RETURN_IF_ERROR(file->Append(EncodeLogHeader(number)));
  // Before any row: where the header is not to be read later on, that is no trace of a crash.
  RETURN_IF_ERROR(file->Sync());
  RETURN_IF_ERROR(files->SyncDirectory(directory));
  std::unique_ptr<LogWriter> writer(new LogWriter(number, std::move(file)));
  writer->written_ = static_cast<std::int64_t>(kLogHeaderSize);
  return writer;
}

LogWriter::Group& LogWriter::FindGroup(const Frame& frame) {
  const auto [group, is_new] =
      groups_.try_emplace(GroupKey(frame.host, frame.source, frame.schema->id()));
  if (is_new) group->second.number = groups_.size() - 1;
  return group->second;
}

void LogWriter::Add(const Frame& frame) {
  // All its rows depend on a schema, so there is another one before they become many.
  const int rows = rows_of_schemas_[frame.schema->id()]++;
  if (rows == 0 || rows == kRowsPerWhole) AddSchema(*frame.schema);
  if (frame.part) {
    AddPart(frame);
    return;
  }
  Group& group = FindGroup(frame);
  if (group.whole_count == 0 || group.rows_since_whole >= kRowsPerWhole) {
    AddWhole(frame, &group);
  } else {
    AddChanged(frame, &group);
  }
}

void LogWriter::AddSchema(const Schema& schema) {
  const std::size_t begin = BeginRecord();
  PutKind(RecordKind::kSchema, &buffer_);
  AppendSchema(schema, &buffer_);
  EndRecord(begin);
}

void LogWriter::AddWhole(const Frame& frame, Group* group) {
  ++group->whole_count;
  group->rows_since_whole = 1;
  group->whole_time_ms = absl::ToUnixMillis(frame.time);
  group->whole_values = frame.values;
  const std::size_t begin = BeginRecord();
  PutKind(RecordKind::kWhole, &buffer_);
  PutVarint(group->number, &buffer_);
  PutVarint(group->whole_count, &buffer_);
  PutString(frame.host, &buffer_);
  PutString(frame.source, &buffer_);
  PutFixed(frame.schema->id(), &buffer_);
  PutFixed(group->whole_time_ms, &buffer_);
  PutVarint(frame.values.size(), &buffer_);
  AppendRow(frame.values, {}, &buffer_);
  EndRecord(begin);
}

void LogWriter::AddChanged(const Frame& frame, Group* group) {
  ++group->rows_since_whole;
  const std::size_t begin = BeginRecord();
  PutKind(RecordKind::kChanged, &buffer_);
  PutVarint(group->number, &buffer_);
  PutVarint(group->whole_count, &buffer_);
  PutFixed(absl::ToUnixMillis(frame.time), &buffer_);
  AppendRow(frame.values, group->whole_values, &buffer_);
  EndRecord(begin);
}

void LogWriter::AddPart(const Frame& frame) {
  const std::size_t begin = BeginRecord();
  PutKind(RecordKind::kPart, &buffer_);
  PutString(frame.host, &buffer_);
  PutString(frame.source, &buffer_);
  PutFixed(frame.schema->id(), &buffer_);
  PutFixed(absl::ToUnixMillis(frame.time), &buffer_);
  PutVarint(frame.values.size(), &buffer_);
  AppendPart(frame.values, &buffer_);
  EndRecord(begin);
}

void LogWriter::AddMark() {
  if (marked_ == synced_) return;
  marked_ = synced_;
  const std::size_t begin = BeginRecord();
  PutKind(RecordKind::kMark, &buffer_);
  PutFixed(synced_, &buffer_);
  EndRecord(begin);
}

std::size_t LogWriter::BeginRecord() {
  const std::size_t begin = buffer_.size();
  buffer_.append(kRecordHeaderSize, '\0');
  return begin;
}

void LogWriter::EndRecord(std::size_t begin) {
  const std::string_view payload = std::string_view(buffer_).substr(begin + kRecordHeaderSize);
  const auto length = static_cast<std::uint32_t>(payload.size());
  const std::uint64_t checksum = RecordChecksum(payload, number_);
  char* const header = buffer_.data() + begin;
  std::memcpy(header, &kRecordMagic, 4);
  std::memcpy(header + 4, &length, 4);
  std::memcpy(header + 8, &checksum, 8);
}

absl::Status LogWriter::Write() {
  if (buffer_.empty()) return absl::OkStatus();
  AddMark();
  RETURN_IF_ERROR(file_->Append(buffer_));
  written_ += static_cast<std::int64_t>(buffer_.size());
  buffer_.clear();
  return absl::OkStatus();
}

absl::Status LogWriter::Sync() {
  if (synced_ == written_) return absl::OkStatus();
  RETURN_IF_ERROR(file_->Sync());
  synced_ = written_;
  return absl::OkStatus();
}

absl::Status LogWriter::Finish() {
  AddMark();
  return Write();
}

}  // namespace syspulse
