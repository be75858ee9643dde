// A file layer for SQLite that hands everything on to the default one, and calls a function at the one moment at
// which a checkpoint can be raced: between reading the log's header and comparing how far the last one came.
#pragma once
#include <functional>
#include <memory>
#include <string>

namespace commonbook::storage {

class ShimVfs {
 public:
  ShimVfs();
  ShimVfs(const ShimVfs&) = delete;
  ShimVfs& operator=(const ShimVfs&) = delete;
  ~ShimVfs();  ///< all connections that use it must be closed

  [[nodiscard]] const char* name() const noexcept;
  [[nodiscard]] bool registered() const noexcept;
  /// Calls `hook` once, at the next such moment of a connection that uses this layer.
  void arm(std::function<void()> hook);
  [[nodiscard]] int fired() const noexcept;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
