// What a forget takes: the observations that the request names, and those that were concluded from them alone.
#pragma once
#include "commonbook/storage/forget.hpp"
#include "engine/connection.hpp"

#include <cstdint>
#include <unordered_set>
#include <vector>

namespace commonbook::storage {

struct ForgetPlan {
  std::vector<std::int64_t> chosen;             ///< ascending
  std::vector<std::int64_t> derived;            ///< in the order in which their evidence falls away
  std::unordered_set<std::int64_t> gone;        ///< both together
  std::int64_t derived_kept = 0;
};

/// Reads what is not retracted yet. Inside a write transaction nothing can change until it is marked.
/// @errors  io, corrupt, busy. @thread the connection's.
Result<ForgetPlan> plan_forget(Connection& connection, const ForgetRequest& request);

/// Fills the report's figures and lists.
Result<void> describe_plan(Connection& connection, const ForgetPlan& plan, ForgetReport& report);

}  // namespace commonbook::storage
