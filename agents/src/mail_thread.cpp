#include "mail_thread.hpp"

#include <map>
#include <numeric>
#include <string_view>
#include <utility>

namespace commonbook::agents {
namespace {

/// Union-find over numbered identifiers; the smaller root wins, so the result doesn't depend on the order of joins.
class Forest {
 public:
  std::size_t add() {
    parent_.push_back(parent_.size());
    return parent_.size() - 1;
  }
  std::size_t root(std::size_t node) {
    while (parent_[node] != node) {
      parent_[node] = parent_[parent_[node]];
      node = parent_[node];
    }
    return node;
  }
  void join(std::size_t a, std::size_t b) {
    a = root(a);
    b = root(b);
    if (a != b) parent_[std::max(a, b)] = std::min(a, b);
  }

 private:
  std::vector<std::size_t> parent_;
};

}  // namespace

std::string thread_id(const MailMessage& message) {
  if (!message.references.empty()) return message.references.front();
  return message.in_reply_to.empty() ? message.message_id : message.in_reply_to;
}

std::string parent_id(const MailMessage& message) {
  if (!message.in_reply_to.empty() && message.in_reply_to != message.message_id) return message.in_reply_to;
  if (message.references.empty() || message.references.back() == message.message_id) return {};
  return message.references.back();
}

std::vector<std::vector<std::size_t>> unite_threads(std::span<const MailMessage> messages) {
  Forest forest;
  std::map<std::string_view, std::size_t> nodes;
  const auto node = [&](std::string_view id) {
    const auto [found, added] = nodes.try_emplace(id, 0);
    if (added) found->second = forest.add();
    return found->second;
  };
  for (const MailMessage& message : messages) {
    const std::size_t own = node(message.message_id);
    if (!message.in_reply_to.empty()) forest.join(own, node(message.in_reply_to));
    for (const std::string& reference : message.references) forest.join(own, node(reference));
  }
  std::vector<std::vector<std::size_t>> threads;
  std::map<std::size_t, std::size_t> thread_of_root;
  for (std::size_t i = 0; i < messages.size(); ++i) {
    const auto [found, added] = thread_of_root.try_emplace(forest.root(node(messages[i].message_id)), threads.size());
    if (added) threads.emplace_back();
    threads[found->second].push_back(i);
  }
  return threads;
}

}  // namespace commonbook::agents
