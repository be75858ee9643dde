// The files in which mail lies: mailboxes, single messages, Maildirs, and folders of all of these.
#pragma once
#include "commonbook/agents/source.hpp"
#include "commonbook/model/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace commonbook::agents {

/// A file that may hold mail.
struct MailFile {
  std::filesystem::path path;
  std::string position;            ///< relative to the path that was opened
  std::vector<std::string> flags;  ///< of a Maildir message
  bool one_message = false;        ///< lies in `cur` or `new`: never a mailbox
  std::int64_t bytes = 0;
};

/// Walks folders depth first in the order of their names, one folder's names in memory at a time (and those above it).
/// Passed over and reported: symbolic links, what is neither file nor folder, databases (whose locks would be lost by
/// opening and closing them). Passed over in silence: `tmp` of a Maildir, hidden files, hidden folders that hold no
/// mail.
class MailFiles {
 public:
  explicit MailFiles(std::vector<std::filesystem::path> roots);

  /// The next file; nullopt at the end. Folders that can't be read are reported in `dropped`.
  [[nodiscard]] std::optional<MailFile> next(std::vector<Dropped>& dropped);

 private:
  struct Entry {
    std::filesystem::path path;
    std::string position;
    int depth = 0;
  };
  void open_folder(const Entry& folder, std::vector<Dropped>& dropped);
  [[nodiscard]] static MailFile describe(const Entry& entry);

  std::vector<Entry> pending_;  // the next one is the last
};

/// "unread", "replied", "flagged", ... from the name of a file in `cur` or `new`.
[[nodiscard]] std::vector<std::string> maildir_flags(std::string_view file_name, bool in_new);

/// What a file holds, judged by its first lines.
enum class MailFormat : std::uint8_t { none, message, mailbox };
[[nodiscard]] MailFormat look_at(std::string_view first_bytes) noexcept;

}  // namespace commonbook::agents
