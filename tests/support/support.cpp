#include "commonbook/testing/support.hpp"

#include "commonbook/model/sometimes.hpp"

#include <catch2/catch.hpp>

#include <atomic>
#include <cstdlib>
#include <fstream>

#include <unistd.h>

namespace commonbook::testing {

class Hook final : public PathHook {
 public:
  Hook() {
    if (const char* promise = std::getenv("COMMONBOOK_BREAK")) (void)break_instead(promise);
    install_step_hook(this);
  }
  ~Hook() override {
    install_step_hook(nullptr);
    write_paths();
  }
  void reached(std::string_view step) override { Steps::instance().reached(step); }
  void taken(std::string_view path) override {
    const std::lock_guard guard{paths_mutex_};
    ++paths_[std::string{path}];
  }
  bool broken(std::string_view promise) override {
    if (!is_any_broken_.load(std::memory_order_acquire)) return false;  // asked at every statement: no lock
    const std::lock_guard guard{mutex_};
    return promise == broken_;
  }
  std::string break_instead(std::string what) {
    const std::lock_guard guard{mutex_};
    is_any_broken_.store(!what.empty(), std::memory_order_release);
    return std::exchange(broken_, std::move(what));
  }

 private:
  // A file a process, so that test programs that run beside each other do not mix.
  void write_paths() const {
    const char* folder = std::getenv("COMMONBOOK_SOMETIMES_FOLDER");
    if (folder == nullptr || paths_.empty()) return;
    std::ofstream out{std::filesystem::path{folder} / (std::to_string(::getpid()) + ".paths"), std::ios::app};
    for (const auto& [path, count] : paths_) out << path << ' ' << count << '\n';
  }

  std::mutex paths_mutex_;
  std::map<std::string, std::uint64_t> paths_;
  std::mutex mutex_;
  std::atomic<bool> is_any_broken_{false};
  std::string broken_;
};

namespace {
Hook hook;  // a test program's own: installed before main, gone after it
}

Broken::Broken(std::string what) : before_(hook.break_instead(std::move(what))) {}
Broken::~Broken() { (void)hook.break_instead(std::move(before_)); }

TemporaryFolder::TemporaryFolder() {
  std::string name = (std::filesystem::temp_directory_path() / "commonbook-test-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) FAIL("no temporary folder can be made");
  path_ = name;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;  // a test that made files read-only cleans up itself
  std::filesystem::remove_all(path_, ignored);
}

std::vector<std::uint64_t> seeds_to_run(std::uint64_t count) {
  if (const char* only = std::getenv("COMMONBOOK_SEED")) return {std::strtoull(only, nullptr, 10)};
  std::vector<std::uint64_t> seeds(count);
  for (std::uint64_t at = 0; at < count; ++at) seeds[at] = at + 1;
  return seeds;
}

std::optional<std::filesystem::path> test_data(std::string_view below) {
  const std::filesystem::path path = std::filesystem::path{COMMONBOOK_TEST_DATA} / below;
  if (std::filesystem::exists(path)) return path;
  WARN("skipped: test data is missing at " << path.string() << " (set COMMONBOOK_TEST_DATA)");
  return std::nullopt;
}

std::filesystem::path source_folder() { return COMMONBOOK_SOURCE_DIR; }

Steps& Steps::instance() {
  static Steps steps;
  return steps;
}

Steps::Watch::~Watch() {
  if (step_.empty()) return;
  const std::lock_guard guard{instance().mutex_};
  instance().callbacks_.erase(step_);
}

Steps::Watch Steps::on(std::string step, std::function<void()> callback) {
  const std::lock_guard guard{mutex_};
  callbacks_[step] = std::move(callback);
  return Watch{std::move(step)};
}

std::uint64_t Steps::count(std::string_view step) const {
  const std::lock_guard guard{mutex_};
  const auto found = counts_.find(step);
  return found == counts_.end() ? 0 : found->second;
}

void Steps::reached(std::string_view step) {
  std::function<void()> callback;
  {
    const std::lock_guard guard{mutex_};
    auto found = counts_.find(step);
    if (found == counts_.end()) found = counts_.emplace(std::string{step}, 0).first;
    ++found->second;
    if (const auto entry = callbacks_.find(step); entry != callbacks_.end()) callback = entry->second;
  }
  if (callback) callback();  // outside the lock: it may reach further steps
}

Clock::SteadyPoint ManualClock::steady_now() const {
  const std::lock_guard guard{mutex_};
  return start_ + elapsed_;
}

Timestamp ManualClock::wall_now() const {
  const std::lock_guard guard{mutex_};
  return {1'767'225'600'000 + elapsed_.count()};  // from 2026-01-01T00:00:00Z
}

void ManualClock::advance(std::chrono::milliseconds by) {
  const std::lock_guard guard{mutex_};
  elapsed_ += by;
}

}  // namespace commonbook::testing
