#include "maildir_reader.hpp"

#include "mail_message_parts.hpp"
#include "mail_text_ascii.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <system_error>
#include <utility>

namespace commonbook::agents {
namespace {

namespace fs = std::filesystem;

constexpr int depth_max = 64;

bool is_mail_folder(const fs::path& folder) {
  std::error_code error;
  return fs::is_directory(folder / "cur", error) || fs::is_directory(folder / "new", error);
}

bool is_database(std::string_view name) noexcept {
  static constexpr std::array<std::string_view, 8> endings{".db",     ".db-wal",     ".db-shm",     ".db-journal",
                                                           ".sqlite", ".sqlite-wal", ".sqlite-shm", ".sqlite3"};
  return std::any_of(endings.begin(), endings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

/// A field that mail has and other texts with colons mostly have not.
bool is_mail_field(std::string_view line) noexcept {
  static constexpr std::array<std::string_view, 16> names{
      "from",        "to",           "cc",           "subject",      "date",     "message-id",  "received",   "sender",
      "return-path", "delivered-to", "mime-version", "content-type", "reply-to", "in-reply-to", "references", "bcc"};
  const std::string_view name = line.substr(0, line.find(':'));
  return std::any_of(names.begin(), names.end(),
                     [&](std::string_view known) { return equals_ignoring_case(name, known); });
}

bool begins_with_mail_header(std::string_view text) noexcept {
  bool mail = false;
  while (!text.empty()) {
    const std::string_view line = take_line(text);
    if (line.starts_with(' ') || line.starts_with('\t')) continue;
    if (line.empty() || !looks_like_field(line)) break;
    mail = mail || is_mail_field(line);
  }
  return mail;
}

}  // namespace

MailFiles::MailFiles(std::vector<fs::path> roots) {
  for (auto root = roots.rbegin(); root != roots.rend(); ++root) {
    // A root may be a symbolic link: whoever named it meant what it points to.
    std::error_code error;
    const bool folder = fs::is_directory(*root, error);
    pending_.push_back({*root, folder ? std::string{} : root->filename().string(), 0});
  }
}

std::optional<MailFile> MailFiles::next(std::vector<Dropped>& dropped) {
  while (!pending_.empty()) {
    const Entry entry = std::move(pending_.back());
    pending_.pop_back();
    std::error_code error;
    const fs::file_status status =
        entry.depth == 0 ? fs::status(entry.path, error) : fs::symlink_status(entry.path, error);
    const std::string name = entry.path.filename().string();
    if (fs::is_directory(status)) {
      open_folder(entry, dropped);
    } else if (is_database(name)) {
      dropped.push_back({entry.position, "this looks like a database, not like mail: it was not opened"});
    } else if (!fs::is_regular_file(status)) {
      dropped.push_back(
          {entry.position, fs::is_symlink(status) ? "symbolic links are not followed" : "this is no file"});
    } else {
      return describe(entry);
    }
  }
  return std::nullopt;
}

void MailFiles::open_folder(const Entry& folder, std::vector<Dropped>& dropped) {
  if (folder.depth >= depth_max) {
    dropped.push_back({folder.position, "folders nested this deep are not read"});
    return;
  }
  std::vector<std::string> names;
  std::error_code error;
  for (fs::directory_iterator it(folder.path, error), end; !error && it != end; it.increment(error)) {
    std::string name = it->path().filename().string();
    std::error_code status_error;
    if (it->symlink_status(status_error).type() == fs::file_type::directory) {
      if (name == "tmp" && is_mail_folder(folder.path)) continue;
      if (name.starts_with('.') && !is_mail_folder(it->path())) continue;
    } else if (name.starts_with('.')) {
      continue;
    }
    names.push_back(std::move(name));
  }
  if (error) dropped.push_back({folder.position, "the folder can't be read: " + error.message()});
  std::sort(names.begin(), names.end(), std::greater<>{});
  for (std::string& name : names) {
    std::string position = folder.position.empty() ? name : folder.position + "/" + name;
    pending_.push_back({folder.path / name, std::move(position), folder.depth + 1});
  }
}

MailFile MailFiles::describe(const Entry& entry) {
  MailFile file;
  file.path = entry.path;
  file.position = entry.position;
  const std::string folder = entry.path.parent_path().filename().string();
  file.one_message = folder == "cur" || folder == "new";
  if (file.one_message) file.flags = maildir_flags(entry.path.filename().string(), folder == "new");
  std::error_code error;
  const auto size = fs::file_size(entry.path, error);
  file.bytes = error ? 0 : static_cast<std::int64_t>(size);
  return file;
}

std::vector<std::string> maildir_flags(std::string_view file_name, bool in_new) {
  const std::size_t info = file_name.rfind(":2,");
  const std::string_view letters = info == std::string_view::npos ? std::string_view{} : file_name.substr(info + 3);
  const auto has = [&](char letter) { return letters.find(letter) != std::string_view::npos; };
  std::vector<std::string> flags;
  if (in_new || !has('S')) flags.emplace_back("unread");
  static constexpr std::array<std::pair<char, std::string_view>, 5> named{
      {{'R', "replied"}, {'F', "flagged"}, {'P', "forwarded"}, {'D', "draft"}, {'T', "trashed"}}};
  for (const auto& [letter, name] : named)
    if (has(letter)) flags.emplace_back(name);
  return flags;
}

MailFormat look_at(std::string_view first_bytes) noexcept {
  if (first_bytes.find('\0') != std::string_view::npos) return MailFormat::none;
  while (first_bytes.starts_with('\n') || first_bytes.starts_with("\r\n")) static_cast<void>(take_line(first_bytes));
  std::string_view rest = first_bytes;
  if (take_line(rest).starts_with("From ")) {
    const std::string_view second = take_line(rest);
    return looks_like_field(second) || second.starts_with(">From ") ? MailFormat::mailbox : MailFormat::none;
  }
  return begins_with_mail_header(first_bytes) ? MailFormat::message : MailFormat::none;
}

}  // namespace commonbook::agents
