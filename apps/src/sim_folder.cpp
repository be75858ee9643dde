// Where the databases of simulator runs stand while they run.
#include "sim.hpp"

#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <system_error>

#include <unistd.h>

namespace commonbook::apps {

namespace {

Error file_error(const std::filesystem::path& path, const std::error_code& failed) {
  return {ErrorCode::io, path.string() + ": " + failed.message(), 0, {}};
}

}  // namespace

Result<RunFolder> RunFolder::make(const std::string& keep, bool in_memory) {
  std::error_code failed;
  if (!keep.empty()) {
    std::filesystem::create_directories(keep, failed);
    if (failed) return file_error(keep, failed);
    return RunFolder{std::filesystem::absolute(keep), true};
  }
  const std::filesystem::path memory = "/dev/shm";
  const bool has_memory = in_memory && ::access(memory.c_str(), W_OK) == 0;
  const auto base = has_memory ? memory : std::filesystem::temp_directory_path(failed);
  std::string pattern = (base / "commonbook-sim-XXXXXX").string();
  if (failed || ::mkdtemp(pattern.data()) == nullptr)
    return file_error(pattern, failed ? failed : std::error_code{errno, std::generic_category()});
  return RunFolder{pattern, false};
}

RunFolder::~RunFolder() {
  std::error_code ignored;  // a folder that stays behind in a temporary place is no reason to fail
  if (!kept_) std::filesystem::remove_all(path_, ignored);
}

Result<std::filesystem::path> RunFolder::fresh(const std::string& name) const {
  const auto folder = path_ / name;
  std::error_code failed;
  std::filesystem::remove_all(folder, failed);
  if (!failed) std::filesystem::create_directory(folder, failed);
  if (failed) return file_error(folder, failed);
  return folder;
}

void RunFolder::done(const std::filesystem::path& below) const {
  std::error_code ignored;  // the whole folder is removed later anyway
  if (!kept_) std::filesystem::remove_all(below, ignored);
}

std::function<void(std::string_view, double)> progress_to(std::shared_ptr<ProgressLine> line, const std::string& what) {
  auto mutex = std::make_shared<std::mutex>();
  return [line = std::move(line), mutex, what](std::string_view step, double share) {
    const std::lock_guard guard{*mutex};
    line->show(what + ": " + std::string{step} + " " + std::to_string(static_cast<int>(share * 100)) + " %");
  };
}

}  // namespace commonbook::apps
