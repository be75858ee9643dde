// A source that goes on: all there is, then whatever changes.
#include "file_watcher.hpp"

#include "commonbook/agents/follow.hpp"

#include <utility>

namespace commonbook::agents {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t dropped_max = 1'000;

class FollowingSource final : public Source {
 public:
  FollowingSource(std::unique_ptr<FileWatcher> watcher, std::unique_ptr<Source> first, FollowOptions options)
      : watcher_(std::move(watcher)), current_(std::move(first)), options_(std::move(options)) {}

  Result<std::optional<ImportItem>> next() override {
    for (;;) {
      if (current_) {
        auto item = current_->next();
        if (!item && !is_gone()) return item;
        if (item && *item) return item;
        if (item) finish_current();
        continue;
      }
      if (waiting_.empty() && !broken_)
        if (auto taken = watcher_->take_changes(waiting_); !taken) {
          broken_ = true;  // said once; what came until now is read, then this source ends
          return taken.error();
        }
      if (waiting_.empty()) return std::optional<ImportItem>{};
      if (auto opened = open_next(); !opened) return opened.error();
    }
  }
  [[nodiscard]] bool more_may_come() const override { return !broken_; }
  [[nodiscard]] SourceProgress progress() const override {
    SourceProgress progress = done_;
    if (!current_) return progress;
    const SourceProgress now = current_->progress();
    progress.bytes_done += now.bytes_done;
    progress.bytes_total += now.bytes_total;
    progress.documents += now.documents;
    return progress;
  }
  [[nodiscard]] const std::vector<Dropped>& dropped() const override { return dropped_; }

 private:
  Result<void> open_next() {
    current_path_ = std::move(waiting_.extract(waiting_.begin()).value());
    std::error_code error;
    // Mail programs move what they have read: the file comes again under its new name.
    if (!fs::is_regular_file(fs::symlink_status(current_path_, error)) || !options_.wants(current_path_)) return {};
    auto opened = options_.open({current_path_});
    if (!opened) return is_gone() ? Result<void>{} : Result<void>{opened.error()};
    current_ = std::move(*opened);
    return {};
  }

  [[nodiscard]] bool is_gone() const {
    std::error_code error;
    return !current_path_.empty() && !fs::exists(current_path_, error);
  }

  void finish_current() {
    const SourceProgress now = current_->progress();
    done_.bytes_done += now.bytes_done;
    done_.bytes_total += now.bytes_total;
    done_.documents += now.documents;
    for (const Dropped& dropped : current_->dropped())
      if (dropped_.size() < dropped_max) dropped_.push_back(dropped);
    current_.reset();
  }

  std::unique_ptr<FileWatcher> watcher_;
  std::unique_ptr<Source> current_;
  FollowOptions options_;
  fs::path current_path_;  // empty: the first pass over everything
  std::set<fs::path> waiting_;
  bool broken_ = false;
  SourceProgress done_;
  std::vector<Dropped> dropped_;
};

bool is_calendar_file(const fs::path& path) {
  std::string extension = path.extension().string();
  for (char& letter : extension) letter = letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter + 32) : letter;
  return extension == ".ics" || extension == ".ical" || extension == ".icalendar";
}

bool is_mail_file(const fs::path& path) {
  const std::string name = path.filename().string();
  for (const std::string_view ending : {".db", "-wal", "-shm", "-journal", ".sqlite", ".sqlite3"})
    if (name.ends_with(ending)) return false;
  return true;
}

}  // namespace

Result<std::unique_ptr<Source>> following(const std::vector<fs::path>& paths, FollowOptions options) {
  auto watcher = FileWatcher::start(paths);  // before the first pass, so that nothing falls between
  if (!watcher) return watcher.error();
  auto first = options.open(paths);
  if (!first) return first.error();
  return std::unique_ptr<Source>{
      std::make_unique<FollowingSource>(std::move(*watcher), std::move(*first), std::move(options))};
}

Result<std::unique_ptr<Source>> follow_calendars(const std::vector<fs::path>& paths, const std::string& agent) {
  // A file that was named is a calendar whatever its name.
  const std::set<fs::path> named(paths.begin(), paths.end());
  return following(paths, {[agent](const std::vector<fs::path>& some) { return open_calendars(some, agent); },
                           [named](const fs::path& path) { return named.count(path) > 0 || is_calendar_file(path); }});
}

Result<std::unique_ptr<Source>> follow_mail(const std::vector<fs::path>& paths, const std::string& agent) {
  return following(paths,
                   {[agent](const std::vector<fs::path>& some) { return open_mail(some, agent); }, is_mail_file});
}

}  // namespace commonbook::agents
