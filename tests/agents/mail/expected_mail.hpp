// Reads mail of the test data and compares it with what independent programs made of it.
#pragma once
#include "commonbook/agents/source.hpp"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace commonbook::testing {

/// All items of one source; fails the test on an error.
[[nodiscard]] std::vector<agents::ImportItem> read_all_mail(const std::vector<std::filesystem::path>& paths);
/// Only the messages, by "path#n" or "path" below `folder`.
[[nodiscard]] std::map<std::string, agents::MailMessage> read_messages(const std::filesystem::path& folder,
                                                                       const std::vector<std::string>& names);

[[nodiscard]] nlohmann::json read_json(const std::filesystem::path& path);

/// How many messages agree in each field, and where one does not.
struct Agreement {
  int compared = 0;
  std::map<std::string, int> counted;  ///< messages whose field is undisputed
  std::map<std::string, int> agreed;
  std::map<std::string, std::vector<std::string>> differing;
  [[nodiscard]] std::string table() const;
};
[[nodiscard]] Agreement compare(const std::map<std::string, agents::MailMessage>& messages,
                                const nlohmann::json& expected);

}  // namespace commonbook::testing
