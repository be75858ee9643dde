// A chat-completions server of a test's own: one thread a connection, answers as told.
#pragma once
#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace commonbook::testing {

class FakeModel {
 public:
  struct Reply {
    int status = 200;
    std::string body;
    bool hangs = false;  ///< answers nothing until the server ends
  };
  /// @param reply  called with each request's body, on the connection's thread.
  explicit FakeModel(std::function<Reply(const std::string&)> reply);
  ~FakeModel();
  FakeModel(const FakeModel&) = delete;
  FakeModel& operator=(const FakeModel&) = delete;

  [[nodiscard]] std::string url() const;
  [[nodiscard]] int requests() const { return requests_.load(); }
  [[nodiscard]] int at_once_max() const { return at_once_max_.load(); }

 private:
  void serve();
  void answer(int connection);

  std::function<Reply(const std::string&)> reply_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> ending_{false};
  std::atomic<int> requests_{0};
  std::atomic<int> at_once_{0};
  std::atomic<int> at_once_max_{0};
  std::mutex mutex_;
  std::vector<std::thread> connections_;
  std::thread server_;
};

/// A chat completion whose content is `facts`, a JSON list.
[[nodiscard]] std::string completion(const std::string& facts);

}  // namespace commonbook::testing
