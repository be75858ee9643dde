// One snapshot for many look-ups: each alone would take and give back SQLite's locks, which costs more than the look-up.
#pragma once
#include "engine/connection.hpp"

#include <utility>

namespace commonbook::storage {

/// Its scope ends it, before the gate, so that no transaction that reads ever becomes one that writes. For milliseconds:
/// no barrier is passed, and a checkpoint can't restart the log meanwhile.
class [[nodiscard]] LookUpSnapshot {
 public:
  /// @param connection  outlives the snapshot; outside a transaction. @errors  busy, io, corrupt. @thread  the connection's.
  static Result<LookUpSnapshot> begin(Connection& connection) {
    if (auto begun = connection.begin_read(); !begun) return begun.error();
    return LookUpSnapshot{connection};
  }
  LookUpSnapshot(LookUpSnapshot&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  LookUpSnapshot& operator=(LookUpSnapshot&&) = delete;
  ~LookUpSnapshot() {
    if (connection_ != nullptr) connection_->rollback_if_open();
  }

 private:
  explicit LookUpSnapshot(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace commonbook::storage
