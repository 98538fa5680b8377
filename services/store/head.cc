#include "services/store/head.h"

#include <utility>

namespace syspulse {

std::shared_ptr<HeadGroup> Head::GroupOf(const std::string& host, const std::string& source,
                                         const SchemaPtr& schema) {
  MutexLock lock(mutex_);
  const auto found = groups_.find(KeyView(host, source, schema->id()));
  if (found != groups_.end()) return found->second;
  auto group = std::make_shared<HeadGroup>(host, source, schema);
  groups_.emplace(Key(host, source, schema->id()), group);
  series_ += static_cast<std::int64_t>(schema->series().size());
  return group;
}

Filled Head::Fill(const std::string& host, const std::string& source, const SchemaPtr& schema,
                  std::int64_t time_ms, std::span<const double> values) {
  const Filled filled = GroupOf(host, source, schema)->Fill(time_ms, values);
  if (filled.new_row) {
    ++rows_;
    samples_ += static_cast<std::int64_t>(values.size());
  }
  return filled;
}

void Head::Add(const std::string& host, const std::string& source, const SchemaPtr& schema,
               std::int64_t time_ms, std::span<const double> values) {
  GroupOf(host, source, schema)->Add(time_ms, values);
  ++rows_;
  samples_ += static_cast<std::int64_t>(values.size());
}

void Head::Remove(std::string_view host) {
  MutexLock lock(mutex_);
  auto at = groups_.lower_bound(KeyView(host, "", 0));
  while (at != groups_.end() && std::get<0>(at->first) == host) {
    const HeadGroup& group = *at->second;
    const auto rows = static_cast<std::int64_t>(group.rows());
    const auto columns = static_cast<std::int64_t>(group.schema()->series().size());
    rows_ -= rows;
    samples_ -= rows * columns;
    series_ -= columns;
    at = groups_.erase(at);
  }
}

bool Head::Has(std::string_view host) const {
  MutexLock lock(mutex_);
  const auto at = groups_.lower_bound(KeyView(host, "", 0));
  return at != groups_.end() && std::get<0>(at->first) == host;
}

std::vector<HeadGroupPtr> Head::Groups() const {
  MutexLock lock(mutex_);
  std::vector<HeadGroupPtr> groups;
  groups.reserve(groups_.size());
  for (const auto& [key, group] : groups_) groups.push_back(group);
  return groups;
}

std::vector<HeadGroupPtr> Head::GroupsOf(std::string_view host, std::string_view source) const {
  MutexLock lock(mutex_);
  std::vector<HeadGroupPtr> groups;
  for (auto at = groups_.lower_bound(KeyView(host, source, 0));
       at != groups_.end() && std::get<0>(at->first) == host && std::get<1>(at->first) == source;
       ++at) {
    groups.push_back(at->second);
  }
  return groups;
}

}  // namespace syspulse
