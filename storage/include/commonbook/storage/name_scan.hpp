// Reads ahead how entities are spelled: all observations in one go, a step at a time, so that readers of this process find
// an entity's name in memory where they would have asked up to 32 observations for it (ADR 0013). Works where somebody
// asks, and again whenever the book has grown.
#pragma once
#include "commonbook/storage/book.hpp"

#include <memory>

namespace commonbook::storage {

enum class NameScanStep : std::uint8_t {
  idle = 1,  ///< nobody asks, or all that fits is known
  more,      ///< another step is due
};

class NameScan {
 public:
  /// @errors  busy, io, corrupt. @thread  the one that will use it; blocks.
  static Result<NameScan> open(const Book& book, Clock::SteadyPoint deadline);
  NameScan(NameScan&&) noexcept;
  NameScan& operator=(NameScan&&) noexcept;
  ~NameScan();

  /// Reads some thousand observations, or puts some hundred names where readers look, in one snapshot of 3 ms.
  /// @errors  busy, timeout, out_of_memory (the next call goes on, or begins anew), io, corrupt.
  /// @thread  the one that opened it; blocks on disk.
  Result<NameScanStep> step(Clock::SteadyPoint deadline);

 private:
  struct Impl;
  explicit NameScan(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace commonbook::storage
