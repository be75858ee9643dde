// Bytes as a question over a small book: the first byte chooses the zone and what is asked besides.
#include "fuzz_support.hpp"
#include "small_book.hpp"

#include "commonbook/agents/question.hpp"
#include "commonbook/storage/reader.hpp"

using namespace commonbook;
using namespace commonbook::fuzz;

namespace {

constexpr Timestamp now{1'768'000'000'000};  // January 2026, when the book's events take place

/// The book and its only reader, made once.
class AskedBook {
 public:
  AskedBook() {
    const auto path = folder_.path() / "small.db";
    make_small_book(path);
    storage::BookOptions options;
    options.path = path;
    options.keep_overlay = false;
    auto book = storage::Book::open(options, clock_, deadline());
    require(book.has_value(), "the small book opens");
    book_.emplace(std::move(*book));
    auto reader = storage::Reader::open(*book_, deadline());
    require(reader.has_value(), "the small book has a reader");
    reader_.emplace(std::move(*reader));
  }
  Result<Answer> answer(const QueryPlan& plan) { return reader_->answer(plan, deadline()); }

 private:
  static Clock::SteadyPoint deadline() { return std::chrono::steady_clock::now() + std::chrono::seconds{20}; }
  SystemClock clock_;
  MemoryFolder folder_;
  std::optional<storage::Book> book_;
  std::optional<storage::Reader> reader_;
};

Answer require_answer(const QueryPlan& plan) {
  static AskedBook book;
  auto answer = book.answer(plan);
  require(answer.has_value(), "whatever is asked gets an answer", answer ? "" : to_string(answer.error()));
  return std::move(*answer);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  watch_steps();
  if (count == 0) return 0;
  agents::Question question;
  question.text = text_of(bytes + 1, count - 1);
  question.now = now;
  question.zone = bytes[0] == 'B' ? "Europe/Berlin" : bytes[0] == 'N' ? "No/Zone" : "UTC";
  const agents::UnderstoodQuestion understood = agents::understand(question);
  require(understood.question.text.size() <= 4096, "a question has at most 4 KiB");
  require(understood.plan.terms.size() <= 40, "a plan has at most 40 words to search for");
  require(!understood.window || understood.window->from <= understood.window->to, "a window has its ends in order");
  const Answer answer = agents::compose(understood, require_answer(understood.plan));
  require(answer.line.size() <= 64 * 1024, "an answer is one line of bounded length");
  require(answer.line.find('\n') == std::string::npos, "an answer is one line", answer.line);
  require_clean_text(answer.line, "answer");

  // The whole text as one word, one name and one key: none of it is read as search syntax or as SQL.
  QueryPlan plain;
  plain.terms = {question.text};
  plain.names = {question.text};
  plain.keys = {Key{Scheme::mailto, question.text, {}}, Key{Scheme::exact, question.text, {}}};
  plain.literals = {Literal{LiteralType::text, question.text}};
  (void)require_answer(plain);
  return 0;
}
