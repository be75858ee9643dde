#include "mail_source.hpp"

#include "mail_items.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

namespace commonbook::agents {
namespace {

namespace fs = std::filesystem;

/// What is said of files that hold no mail is for people: more than this many lines are only counted.
constexpr std::size_t dropped_max = 1000;

std::int64_t total_bytes(const std::vector<fs::path>& paths) {
  MailFiles files(paths);
  std::vector<Dropped> ignored;
  std::int64_t bytes = 0;
  while (const auto file = files.next(ignored)) bytes += file->bytes;
  return bytes;
}

Result<std::string> first_bytes(const fs::path& path) {
  constexpr std::size_t look_bytes = 4096;
  std::ifstream file(path, std::ios::binary);
  if (!file) return Error{ErrorCode::io, "the file can't be opened for reading"};
  std::string bytes(look_bytes, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  if (file.bad()) return Error{ErrorCode::io, "the file can't be read"};
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  return bytes;
}

}  // namespace

MailSource::MailSource(std::vector<fs::path> paths, std::string agent, MailLimits limits)
    : agent_(std::move(agent)), limits_(limits), files_(paths) {
  progress_.bytes_total = total_bytes(paths);
}

Result<std::optional<ImportItem>> MailSource::next() {
  while (ready_.empty()) {
    if (mailbox_) {
      if (auto read = read_mailbox(); !read) return read.error();
      continue;
    }
    auto opened = open_next_file();
    if (!opened) return opened.error();
    if (!*opened) return std::optional<ImportItem>{};
  }
  ImportItem item = std::move(ready_.front());
  ready_.pop_front();
  ++progress_.documents;
  return std::optional{std::move(item)};
}

SourceProgress MailSource::progress() const {
  SourceProgress progress = progress_;
  if (mailbox_) progress.bytes_done = bytes_before_file_ + mailbox_->reader.position();
  return progress;
}

/// False at the end. A file that holds no mail is reported and counts as opened.
Result<bool> MailSource::open_next_file() {
  const auto file = files_.next(dropped_);
  if (!file) return false;
  bytes_before_file_ = progress_.bytes_done;
  progress_.bytes_done += file->bytes;
  auto start = first_bytes(file->path);
  if (!start) {
    drop({file->position, start.error().message});
    return Error{ErrorCode::io, file->position + ": " + start.error().message};
  }
  MailFormat format = look_at(*start);
  if (file->one_message && format == MailFormat::mailbox) format = MailFormat::message;
  if (format == MailFormat::none) {
    drop({file->position, file->bytes == 0 ? "the file is empty" : "there is no mail message in this file"});
    return true;
  }
  if (format == MailFormat::message) {
    if (auto read = read_single(*file); !read) return read.error();
    return true;
  }
  auto reader = MboxReader::open(file->path, limits_.message_bytes_max);
  if (!reader) return Error{ErrorCode::io, file->position + ": " + reader.error().message};
  mailbox_.emplace(Mailbox{std::move(*reader), file->position, 0});
  return true;
}

Result<void> MailSource::read_mailbox() {
  auto message = mailbox_->reader.next();
  if (!message || !*message) {
    const std::string position = mailbox_->position;
    mailbox_.reset();
    if (!message) return Error{ErrorCode::io, position + ": " + message.error().message};
    return {};
  }
  const std::string position = mailbox_->position + "#" + std::to_string(mailbox_->next_number++);
  std::vector<Dropped> dropped;
  if ((*message)->cut > 0)
    dropped.push_back(
        {position, std::to_string((*message)->cut) + " bytes at the end of a very long message were left out"});
  take((*message)->bytes, position, {}, std::move(dropped));
  return {};
}

Result<void> MailSource::read_single(const MailFile& file) {
  std::ifstream in(file.path, std::ios::binary);
  std::string raw;
  std::array<char, 1u << 16> block{};
  while (in && raw.size() < limits_.message_bytes_max) {
    in.read(block.data(), static_cast<std::streamsize>(block.size()));
    raw.append(block.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad() || raw.empty()) return Error{ErrorCode::io, file.position + ": the file can't be read"};
  std::vector<Dropped> dropped;
  if (in && in.peek() != std::ifstream::traits_type::eof())
    dropped.push_back({file.position, "the end of a very long message was left out"});
  take(raw, file.position, file.flags, std::move(dropped));
  return {};
}

void MailSource::take(std::string_view raw, const std::string& position, std::vector<std::string> flags,
                      std::vector<Dropped> dropped) {
  std::vector<ImportItem> items = items_of({raw, position, std::move(flags), agent_}, std::move(dropped), limits_);
  std::move(items.begin(), items.end(), std::back_inserter(ready_));
}

void MailSource::drop(Dropped dropped) {
  if (dropped_.size() < dropped_max) dropped_.push_back(std::move(dropped));
}

Result<std::unique_ptr<Source>> open_mail(const std::vector<fs::path>& paths, const std::string& agent) {
  for (const fs::path& path : paths) {
    std::error_code error;
    if (!fs::exists(path, error))
      return Error{ErrorCode::not_found, "there is no file or folder " + path.string() + ": check the path"};
  }
  return std::unique_ptr<Source>{std::make_unique<MailSource>(paths, agent)};
}

}  // namespace commonbook::agents
