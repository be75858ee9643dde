// In a process that is to be killed: counts named steps on the board, and dies at the one that its orders name.
#pragma once
#include "crash_board.hpp"

#include "commonbook/model/yield_point.hpp"

namespace commonbook::sim::crash {

class KillHook final : public StepHook {
 public:
  explicit KillHook(CrashBoard& board) : board_(board) {}
  void reached(std::string_view step) override;
  [[nodiscard]] bool broken(std::string_view promise) override;

 private:
  void count(std::string_view step);
  void die();

  CrashBoard& board_;
};

}  // namespace commonbook::sim::crash
