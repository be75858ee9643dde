#include "virtual_threads.hpp"

#include <algorithm>

namespace commonbook::sim::explorer {
namespace {

// Far above any schedule that ends; a variant that tries again for ever is reported, not waited for.
constexpr std::size_t steps_max = 20'000;

}  // namespace

void Turn::give() {
  {
    const std::lock_guard guard{mutex_};
    is_given_ = true;
  }
  changed_.notify_one();
}

void Turn::wait() {
  std::unique_lock lock{mutex_};
  changed_.wait(lock, [this] { return is_given_; });
  is_given_ = false;
}

VirtualThreads::VirtualThreads(Variant& variant, bool merge) : variant_(variant), merge_(merge) {
  const std::size_t count = variant.threads();
  views_.resize(count);
  has_moved_.resize(count);
  for (std::size_t index = 0; index < count; ++index) turns_.push_back(std::make_unique<Turn>());
  for (std::size_t index = 0; index < count; ++index) {
    threads_.emplace_back([this, index] { serve(index); });
    ids_.push_back(threads_.back().get_id());
  }
  before_ = install_step_hook(this);
}

VirtualThreads::~VirtualThreads() {
  is_ending_ = true;
  for (auto& turn : turns_) turn->give();
  for (std::thread& thread : threads_) thread.join();
  install_step_hook(before_);
}

RunReport VirtualThreads::run(Chooser& chooser) {
  chooser_ = &chooser;
  report_ = {};
  last_.reset();
  is_free_ = false;
  for (std::size_t index = 0; index < views_.size(); ++index) {
    views_[index] = {};
    views_[index].at = "start";
    views_[index].next = variant_.touched(index, "start");
  }
  if (const auto first = choose_next()) {
    turns_[*first]->give();
    all_finished_.wait();
  }
  return std::move(report_);
}

void VirtualThreads::serve(std::size_t index) {
  for (;;) {
    turns_[index]->wait();
    if (is_ending_) return;
    variant_.run(index);
    if (is_free_) {
      if (free_threads_.fetch_sub(1) == 1) all_finished_.give();
      continue;
    }
    views_[index].is_finished = true;
    views_[index].can_go = false;
    end_step(index);
    pass_on(index);
  }
}

void VirtualThreads::reached(std::string_view step) {
  const auto self = index_of_this_thread();
  if (!self) {
    if (before_ != nullptr) before_->reached(step);
    return;
  }
  if (is_free_) return;
  count(step);
  ThreadView& view = views_[*self];
  view.at = step;
  view.next = variant_.touched(*self, step);
  view.is_waiting = false;
  view.can_go = true;
  if (merge_ && touches_nothing(view.next)) {
    has_moved_[*self] = true;
    return;
  }
  has_moved_[*self] = false;
  end_step(*self);
  pass_on(*self);
}

bool VirtualThreads::waited(std::string_view what) {
  const auto self = index_of_this_thread();
  if (!self) return before_ != nullptr && before_->waited(what);
  if (is_free_) return false;
  ThreadView& view = views_[*self];
  const bool tried_again = view.is_waiting && view.at == what;
  const bool only_tried = merge_ && !view.is_waiting && view.next.tries;
  const bool looked_in_vain = (tried_again || only_tried) && !has_moved_[*self];
  view.at = what;
  view.next = variant_.touched(*self, what);
  view.is_waiting = true;
  view.can_go = false;
  has_moved_[*self] = false;
  if (!tried_again) count(what);
  if (looked_in_vain) {
    report_.choices.pop_back();
  } else {
    end_step(*self);
  }
  pass_on(*self);
  return !is_free_;
}

bool VirtualThreads::broken(std::string_view promise) {
  return (before_ != nullptr && before_->broken(promise)) || (index_of_this_thread() && variant_.broken(promise));
}

std::optional<std::size_t> VirtualThreads::index_of_this_thread() const noexcept {
  const auto found = std::find(ids_.begin(), ids_.end(), std::this_thread::get_id());
  if (found == ids_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - ids_.begin());
}

// The step just made may have freed what others wait for.
void VirtualThreads::end_step(std::size_t self) {
  last_ = self;
  for (std::size_t index = 0; index < views_.size(); ++index) {
    ThreadView& view = views_[index];
    if (index == self || !view.is_waiting || view.is_finished) continue;
    if (!merge_ || !are_independent(running_, view.next)) view.can_go = true;
  }
}

void VirtualThreads::pass_on(std::size_t self) {
  const auto next = choose_next();
  if (is_free_) return;
  if (!next) {
    all_finished_.give();
    return;
  }
  if (*next == self) return;
  const bool is_finished = views_[self].is_finished;  // read before the other one runs
  turns_[*next]->give();
  if (!is_finished) turns_[self]->wait();
}

// Nothing: all have finished, or the schedule is stuck and all have been released.
std::optional<std::size_t> VirtualThreads::choose_next() {
  const auto can_go = [this](std::size_t index) { return views_[index].can_go; };
  if (std::all_of(views_.begin(), views_.end(), [](const ThreadView& view) { return view.is_finished; })) return {};
  if (std::none_of(views_.begin(), views_.end(), [](const ThreadView& view) { return view.can_go; })) {
    report_.is_deadlock = true;
    release_all("deadlock: " + describe_waits());
    return {};
  }
  if (report_.choices.size() >= steps_max) {
    release_all("no end after " + std::to_string(steps_max) + " steps");
    return {};
  }
  std::optional<std::size_t> chosen;
  if (!report_.is_redundant) {
    chosen = chooser_->choose({report_.choices.size(), last_, views_});
    report_.is_redundant = !chosen;
  }
  if (!chosen && last_ && can_go(*last_)) chosen = last_;
  for (std::size_t index = 0; !chosen && index < views_.size(); ++index) {
    if (can_go(index)) chosen = index;
  }
  report_.choices.push_back(static_cast<std::uint32_t>(*chosen));
  running_ = views_[*chosen].next;
  return chosen;
}

void VirtualThreads::release_all(std::string why) {
  report_.stuck = std::move(why);
  std::vector<std::size_t> unfinished;
  for (std::size_t index = 0; index < views_.size(); ++index) {
    if (!views_[index].is_finished) unfinished.push_back(index);
  }
  free_threads_ = unfinished.size();
  variant_.give_up();
  const auto self = index_of_this_thread();
  is_free_ = true;
  for (const std::size_t index : unfinished) {
    if (index != self) turns_[index]->give();
  }
}

std::string VirtualThreads::describe_waits() const {
  std::string text;
  for (std::size_t index = 0; index < views_.size(); ++index) {
    if (views_[index].is_finished) continue;
    if (!text.empty()) text += ", ";
    text += "thread " + std::to_string(index) + " waits for " + std::string{views_[index].at};
  }
  return text;
}

void VirtualThreads::count(std::string_view point) {
  auto found = points_.find(point);
  if (found == points_.end()) found = points_.emplace(std::string{point}, 0).first;
  ++found->second;
}

}  // namespace commonbook::sim::explorer
