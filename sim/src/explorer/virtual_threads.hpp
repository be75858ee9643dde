// The threads of one variant, of which exactly one runs at a time. Each is a real thread that stops at every step and
// wait of the code that it runs; the one that stops asks the chooser who goes on, and hands over.
//
//   reached(step)   a step has ended; the chooser says who makes the next one
//   waited(what)    the thread can't go on now. Chosen again, it looks again: if it still can't, that was no step, and
//                   another choice is made in the same place
//
// So nobody has to model which lock is free: the code itself finds out. A schedule ends when all threads have ended; it
// is a deadlock when every unfinished one has looked in vain since the last step.
#pragma once
#include "commonbook/model/yield_point.hpp"
#include "commonbook/sim/explorer.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <span>
#include <thread>

namespace commonbook::sim::explorer {

/// Where a thread stands between two steps.
struct ThreadView {
  std::string_view at;  ///< the step that it reached, what it waits for, or "start"
  Touched next;         ///< what going on from there may touch
  bool is_finished = false;
  bool is_waiting = false;  ///< for what `at` names
  bool can_go = true;       ///< false: finished, or looked in vain since anything that matters to it happened
};

struct Situation {
  std::size_t step = 0;             ///< choices made so far in this schedule
  std::optional<std::size_t> last;  ///< who made the last one
  std::span<const ThreadView> threads;
};

/// Decides who goes on.
class Chooser {
 public:
  virtual ~Chooser() = default;
  /// Called again for the same step, with can_go false for the one chosen before, when that one could not go on.
  /// @returns  one that can_go; or nothing, when whatever follows is known already: the threads are then brought to an
  ///           end in any order, and the schedule is not to be judged.
  virtual std::optional<std::size_t> choose(const Situation& situation) = 0;
};

struct RunReport {
  std::vector<std::uint32_t> choices;
  std::string stuck;  ///< not empty: a deadlock, or no end after very many steps
  bool is_deadlock = false;
  bool is_redundant = false;  ///< the chooser had nothing new to choose
};

/// Hands the right to run from one thread to another.
class Turn {
 public:
  void give();
  void wait();  ///< until given; takes it

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  bool is_given_ = false;
};

/// While it lives it is the process's step hook; steps of other threads go to the hook before it.
class VirtualThreads final : public StepHook {
 public:
  /// @param merge  steps that touch nothing go on at once.
  VirtualThreads(Variant& variant, bool merge);
  VirtualThreads(const VirtualThreads&) = delete;
  VirtualThreads& operator=(const VirtualThreads&) = delete;
  ~VirtualThreads() override;

  /// Runs the variant's threads, prepared before, from start to end. @thread the one that made this object.
  RunReport run(Chooser& chooser);
  /// Steps and waits reached in all runs, with counts. @thread as run().
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& points() const noexcept { return points_; }

  void reached(std::string_view step) override;
  bool waited(std::string_view what) override;
  [[nodiscard]] bool broken(std::string_view promise) override;

 private:
  [[nodiscard]] std::optional<std::size_t> index_of_this_thread() const noexcept;
  void serve(std::size_t index);
  void end_step(std::size_t self);
  void pass_on(std::size_t self);
  [[nodiscard]] std::optional<std::size_t> choose_next();
  void release_all(std::string why);
  [[nodiscard]] std::string describe_waits() const;
  void count(std::string_view point);

  Variant& variant_;
  const bool merge_;
  StepHook* before_ = nullptr;
  std::vector<std::thread> threads_;
  std::vector<std::thread::id> ids_;
  std::vector<std::unique_ptr<Turn>> turns_;
  Turn all_finished_;
  bool is_ending_ = false;

  // Only the thread that runs touches these; whoever it hands over to sees them through the turn's mutex.
  Chooser* chooser_ = nullptr;
  std::vector<ThreadView> views_;
  std::vector<bool> has_moved_;  // past a step that touches nothing, since it was chosen
  std::optional<std::size_t> last_;
  Touched running_;  // what the step under way may touch
  RunReport report_;
  std::map<std::string, std::uint64_t, std::less<>> points_;

  std::atomic<bool> is_free_{false};          // a stuck schedule: threads run to their end without being scheduled
  std::atomic<std::size_t> free_threads_{0};  // of these, not finished yet
};

[[nodiscard]] inline bool touches_nothing(const Touched& touched) noexcept {
  return touched.reads == 0 && touched.writes == 0;
}
[[nodiscard]] inline bool are_independent(const Touched& left, const Touched& right) noexcept {
  return (left.writes & (right.reads | right.writes)) == 0 && (right.writes & left.reads) == 0;
}

}  // namespace commonbook::sim::explorer
