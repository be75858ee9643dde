// Designs for tests of the runner, in the place of the real ones: an honest one that keeps lines in a text file under a
// lock, and others, by name, that hang, crash, lose, halve, refuse or open late.
#include "commonbook/sim/design.hpp"

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace commonbook::sim {

namespace {

constexpr int locked_code = 5;
constexpr int constraint_code = 2067;  // SQLITE_CONSTRAINT_UNIQUE

/// Held by one process and thread at a time.
class FileLock {
 public:
  explicit FileLock(const std::filesystem::path& file)
      : descriptor_(::open((file.string() + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    ::flock(descriptor_, LOCK_EX);
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;
  ~FileLock() { ::close(descriptor_); }

 private:
  int descriptor_;
};

/// Lines of the file: "item NUMBER" for each stored line, or "name KEY", whose entity is the number of the line.
std::vector<std::string> lines_of(const std::filesystem::path& file) {
  std::ifstream in{file};
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::optional<std::int64_t> find(const std::vector<std::string>& lines, const std::string& line) {
  const auto found = std::ranges::find(lines, line);
  if (found == lines.end()) return std::nullopt;
  return found - lines.begin() + 1;
}

class FakeClient final : public DesignClient {
 public:
  FakeClient(std::string behaviour, std::filesystem::path file) : behaviour_(std::move(behaviour)), file_(std::move(file)) {}

  Result<Created> find_or_create(const std::string& spelling, Clock::SteadyPoint) override {
    if (auto refused = misbehave()) return *refused;
    const FileLock lock{file_};
    return create("name " + normal_form(spelling));
  }

  Result<std::optional<std::int64_t>> look_up(const std::string& spelling, Clock::SteadyPoint) override {
    if (auto refused = misbehave()) return *refused;
    const FileLock lock{file_};
    return find(lines_of(file_), "name " + normal_form(spelling));
  }

  Result<void> store(const WorkItem& item, Clock::SteadyPoint) override {
    if (auto refused = misbehave()) return *refused;
    if (behaviour_ == "loses") return {};
    const FileLock lock{file_};
    for (const WorkItem::Line& line : item.lines) {
      create("name " + normal_form(line.subject));
      create("name " + normal_form(line.object));
    }
    const std::size_t lines = item.lines.size() - (behaviour_ == "halves" && item.lines.size() > 1 ? 1 : 0);
    std::string text;  // in one write, so that a killed process leaves all or nothing
    for (std::size_t i = 0; i < lines; ++i) text += "item " + std::to_string(item.number) + "\n";
    append(text);
    return {};
  }

  Result<std::int64_t> read(const std::string& spelling, Clock::SteadyPoint) override {
    if (auto refused = misbehave()) return *refused;
    return find(lines_of(file_), "name " + normal_form(spelling)) ? 1 : 0;
  }

 private:
  std::optional<Error> misbehave() {
    ++calls_;
    if (behaviour_ == "hangs" && calls_ == 5)
      for (;;) ::pause();
    if (behaviour_ == "aborts" && calls_ == 5) std::abort();
    if (behaviour_ == "refuses" && calls_ % 3 == 0) return Error{ErrorCode::busy, "database is locked", locked_code, {}};
    if (behaviour_ == "refuses" && calls_ % 3 == 1)
      return Error{ErrorCode::internal, "UNIQUE constraint failed", constraint_code, {}};
    return std::nullopt;
  }

  Created create(const std::string& line) {
    const auto lines = lines_of(file_);
    if (const auto found = find(lines, line)) return {*found, false, false};
    append(line + "\n");
    return {static_cast<std::int64_t>(lines.size()) + 1, true, false};
  }

  void append(const std::string& text) const {
    const int descriptor = ::open(file_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (::write(descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size())) std::abort();
    ::close(descriptor);
  }

  std::string behaviour_;
  std::filesystem::path file_;
  int calls_ = 0;
};

class FakeDesign final : public Design {
 public:
  FakeDesign(std::string behaviour, std::filesystem::path file) : behaviour_(std::move(behaviour)), file_(std::move(file)) {}

  Result<std::unique_ptr<DesignClient>> open_client(std::size_t thread, Clock::SteadyPoint) override {
    if (behaviour_ == "opens late" && ++openings_ <= 2)
      return Error{ErrorCode::busy, "database is locked", locked_code, {}};
    // Of those that harm the process, the first process's first thread alone does.
    const bool harmless = thread != 0 || !first();
    const bool harms = behaviour_ == "hangs" || behaviour_ == "aborts";
    return std::unique_ptr<DesignClient>{
        std::make_unique<FakeClient>(harms && harmless ? "honest" : behaviour_, file_)};
  }
  [[nodiscard]] std::uint64_t fallbacks() const override { return 3; }
  Result<void> close() override { return {}; }

 private:
  /// True in the one process that is first to ask.
  [[nodiscard]] bool first() const {
    const int descriptor = ::open((file_.string() + ".first").c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (descriptor >= 0) ::close(descriptor);
    return descriptor >= 0;
  }

  std::string behaviour_;
  std::filesystem::path file_;
  std::atomic<int> openings_{0};
};

}  // namespace

const std::vector<DesignChoice>& presets() {
  static const std::vector<DesignChoice> none;
  return none;
}

std::optional<DesignChoice> preset(const std::string& name) {
  DesignChoice choice;
  choice.name = name;
  choice.axes.uniqueness = Uniqueness::normalised_key;
  return choice;
}

Result<std::unique_ptr<Design>> open_design(const DesignChoice& choice, const std::filesystem::path& file,
                                            Clock::SteadyPoint) {
  return std::unique_ptr<Design>{std::make_unique<FakeDesign>(choice.name, file)};
}

Result<Audit> audit(const DesignChoice&, const std::filesystem::path& file, Clock::SteadyPoint) {
  Audit found;
  std::int64_t number = 0;
  for (const std::string& line : lines_of(file)) {
    ++number;
    if (line.starts_with("item ")) ++found.lines_of_item[std::stoull(line.substr(5))];
    if (line.starts_with("name ") && !found.entity_of_key.emplace(line.substr(5), number).second) ++found.duplicates;
  }
  found.entities = found.entity_of_key.size() + found.duplicates;
  return found;
}

std::string normal_form(const std::string& spelling) {
  std::string form;
  for (const char letter : spelling) {
    if (letter == ' ' && (form.empty() || form.back() == ' ')) continue;
    form += letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
  }
  while (form.ends_with(' ')) form.pop_back();
  return form;
}

}  // namespace commonbook::sim
