// The source that open_mail() gives: files, their messages, and the calendars in them, one item at a time.
#pragma once
#include "mail_message_limits.hpp"
#include "maildir_reader.hpp"
#include "mbox_reader.hpp"

#include "commonbook/agents/source.hpp"

#include <deque>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::agents {

class MailSource final : public Source {
 public:
  MailSource(std::vector<std::filesystem::path> paths, std::string agent, MailLimits limits = {});

  Result<std::optional<ImportItem>> next() override;
  [[nodiscard]] SourceProgress progress() const override;
  [[nodiscard]] const std::vector<Dropped>& dropped() const override { return dropped_; }

 private:
  struct Mailbox {
    MboxReader reader;
    std::string position;
    std::size_t next_number = 0;  ///< messages count from 0
  };
  Result<bool> open_next_file();
  Result<void> read_mailbox();
  Result<void> read_single(const MailFile& file);
  void take(std::string_view raw, const std::string& position, std::vector<std::string> flags,
            std::vector<Dropped> dropped);
  void drop(Dropped dropped);

  std::string agent_;
  MailLimits limits_;
  MailFiles files_;
  std::optional<Mailbox> mailbox_;
  std::deque<ImportItem> ready_;  ///< one message with its calendars, at most
  std::vector<Dropped> dropped_;
  SourceProgress progress_;
  std::int64_t bytes_before_file_ = 0;
};

}  // namespace commonbook::agents
