#include "follow.hpp"

#include "answer_text.hpp"
#include "console.hpp"
#include "json_output.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <iostream>
#include <optional>

#include <poll.h>
#include <unistd.h>

namespace commonbook::apps {

namespace {

constexpr std::size_t question_bytes_max = 4096;
constexpr int look_again_ms = 50;

/// Lines of standard input as they come, without waiting for them longer than a moment.
class InputLines {
 public:
  /// The next line; nullopt: none within 50 ms.
  std::optional<std::string> next() {
    if (auto line = take_line()) return line;
    pollfd input{STDIN_FILENO, POLLIN, 0};
    // At the end of input there is nothing to poll, only time to pass.
    if (::poll(&input, ended_ ? 0 : 1, look_again_ms) <= 0 || ended_) return std::nullopt;
    std::array<char, 4096> bytes{};
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return std::nullopt;
    if (count <= 0) {
      ended_ = true;
      if (!waiting_.empty()) waiting_ += '\n';
    } else {
      waiting_.append(bytes.data(), static_cast<std::size_t>(count));
    }
    return take_line();
  }

 private:
  std::optional<std::string> take_line() {
    const std::size_t end = waiting_.find('\n');
    if (end == std::string::npos && waiting_.size() < question_bytes_max) return std::nullopt;
    std::string line = waiting_.substr(0, std::min(end, question_bytes_max));
    waiting_.erase(0, end == std::string::npos ? question_bytes_max : end + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.pop_back();
    return line;
  }

  std::string waiting_;
  bool ended_ = false;
};

void answer(const std::string& text, agents::QuestionAgent& questions, const FollowedQuestions& options,
            RunReport& report) {
  const auto result = questions.ask({text, SystemClock{}.wall_now(), options.zone}).get();
  ++report.early.asked;
  if (!result) {
    ++report.early.failed;
    report.add_error(text + " ", result.error());
    if (!options.json) std::cout << to_string(result.error()) << std::endl;
    return;
  }
  if (options.json) {
    print_json(answer_json(text, *result), -1);
  } else {
    std::cout << '\n' << one_line(text, 300) << '\n';
    print_answer(*result, 3);
  }
  std::cout.flush();
}

}  // namespace

void follow(std::vector<agents::ImportAgent>& importers, agents::QuestionAgent& questions,
            const FollowedQuestions& options, Interrupt& interrupt, RunReport& report) {
  InputLines lines;
  ProgressLine progress;
  bool said = false;
  while (!interrupt.requested()) {
    bool all_ended = true;
    bool up_to_date = true;
    std::string text;
    for (agents::ImportAgent& importer : importers) {
      const agents::ImportReport state = importer.report();
      all_ended = all_ended && state.finished;
      up_to_date = up_to_date && (state.finished || state.up_to_date);
      text += (text.empty() ? "" : " | ") + agent_line(state);
    }
    if (!said && up_to_date) {
      progress.clear();
      std::cerr << text << "\ncommonbook: following; a question a line, Ctrl-C ends" << std::endl;
      said = true;
    } else if (!said) {
      progress.show(text);
    }
    if (all_ended) return;
    if (const auto line = lines.next(); line && !line->empty()) answer(*line, questions, options, report);
  }
}

}  // namespace commonbook::apps
