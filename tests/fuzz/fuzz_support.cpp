#include "fuzz_support.hpp"

#include "book/utf8.hpp"
#include "commonbook/model/yield_point.hpp"

#include <cstdio>
#include <cstdlib>
#include <utility>

namespace commonbook::fuzz {
namespace {

class FuzzHook final : public StepHook {
 public:
  FuzzHook() {
    if (const char* planted = std::getenv("COMMONBOOK_BREAK")) broken_ = planted;
  }
  void reached(std::string_view step) override {
    if (step == "recurrence.step") ++steps_;
  }
  bool broken(std::string_view promise) override { return promise == broken_; }
  std::uint64_t take_steps() { return std::exchange(steps_, 0); }

 private:
  std::string broken_;
  std::uint64_t steps_ = 0;
};

FuzzHook& hook() {
  static FuzzHook only;
  return only;
}

bool is_control(unsigned char byte) { return (byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F; }

}  // namespace

void watch_steps() { install_step_hook(&hook()); }

std::uint64_t take_step_count() { return hook().take_steps(); }

void require(bool holds, std::string_view promise) { require(holds, promise, {}); }

void require(bool holds, std::string_view promise, std::string_view found) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %.*s\n", static_cast<int>(promise.size()), promise.data());
  if (!found.empty()) std::fprintf(stderr, "found: %.*s\n", static_cast<int>(found.size()), found.data());
  std::abort();
}

std::string text_of(const std::uint8_t* bytes, std::size_t count) {
  return {reinterpret_cast<const char*>(bytes), count};
}

std::string utf8_of(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t begin = at;
    if (storage::next_code_point(bytes, at) != storage::no_code_point) text += bytes.substr(begin, at - begin);
  }
  return text;
}

void require_clean_text(std::string_view text, std::string_view field) {
  require(storage::is_utf8(text), "a text is UTF-8", field);
  for (const char c : text) require(!is_control(static_cast<unsigned char>(c)), "a text has no control characters", field);
}

void require_good_complaint(const Error& error, std::string_view file) {
  require(error.code == ErrorCode::parse_error, "a file that can't be read is a parse error", to_string(error));
  require(error.message.starts_with(std::string{file} + ':'), "a complaint names the file", error.message);
  require(error.message.size() < 2'000, "a complaint is short", error.message);
  require_clean_text(error.message, "complaint");
  require(error.message.find('\n') == std::string::npos, "a complaint is one line", error.message);
}

}  // namespace commonbook::fuzz
