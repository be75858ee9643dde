// Bytes as a database file. The first byte says how: 'F', the rest is the file; 'P', patches of a sound book, each
// "offset (4 bytes), length (1 byte), bytes"; 'S', SQL that a stranger ran on a sound book.
#include "fuzz_support.hpp"
#include "small_book.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"

#include <sqlite3.h>

#include <fstream>
#include <iterator>
#include <memory>

using namespace commonbook;
using namespace commonbook::fuzz;

namespace {

namespace fs = std::filesystem;

struct CloseDatabase {
  void operator()(sqlite3* database) const noexcept { sqlite3_close_v2(database); }
};

Clock::SteadyPoint soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{3}; }

/// A sound book as one file's bytes, made once.
const std::string& sound_book() {
  static const std::string bytes = [] {
    const MemoryFolder folder;
    make_small_book(folder.path() / "sound.db");
    std::ifstream in{folder.path() / "sound.db", std::ios::binary};  // nobody has it open any more
    return std::string{std::istreambuf_iterator<char>{in}, {}};
  }();
  return bytes;
}

std::string patched(std::string_view patches) {
  constexpr std::size_t head = 5;
  std::string file = sound_book();
  while (patches.size() > head) {
    std::size_t offset = 0;
    for (std::size_t at = 0; at < 4; ++at) offset = offset << 8 | static_cast<unsigned char>(patches[at]);
    const std::size_t length = static_cast<unsigned char>(patches[4]);
    offset %= file.size();
    const std::string_view bytes = patches.substr(head, std::min(length, file.size() - offset));
    file.replace(offset, bytes.size(), bytes);
    patches.remove_prefix(head + bytes.size());
  }
  return file;
}

/// Nothing that reaches beyond the file itself.
int allow(void*, int action, const char* first, const char*, const char*, const char*) {
  if (action == SQLITE_ATTACH || action == SQLITE_DETACH) return SQLITE_DENY;
  if (action != SQLITE_PRAGMA) return SQLITE_OK;
  const std::string_view name = first == nullptr ? "" : first;
  const bool harmless = name == "writable_schema" || name == "user_version" || name == "application_id";
  return harmless ? SQLITE_OK : SQLITE_DENY;
}

void run_sql(const fs::path& file, const std::string& sql) {
  sqlite3* opened = nullptr;
  const int code = sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE, nullptr);
  const std::unique_ptr<sqlite3, CloseDatabase> database{opened};
  require(code == SQLITE_OK, "a stranger can open the file");
  sqlite3_limit(opened, SQLITE_LIMIT_LENGTH, 1'000'000);
  sqlite3_set_authorizer(opened, allow, nullptr);
  constexpr int instructions_max = 200'000;
  sqlite3_progress_handler(opened, instructions_max, [](void*) { return 1; }, nullptr);
  sqlite3_exec(opened, sql.c_str(), nullptr, nullptr, nullptr);  // whatever it says, the file is what it leaves
}

void require_typed(const Error& error) {
  require(error.code != ErrorCode::internal, "what a file does is no bug of ours", to_string(error));
  require(!error.message.empty(), "an error says what is wrong");
}

void require_sane(const Answer& answer) {
  for (const Fact& fact : answer.facts) {
    if (const auto* literal = std::get_if<Literal>(&fact.object))
      require(literal->type >= LiteralType::text && literal->type <= LiteralType::uri, "a literal has a known type");
    require(fact.citation.trust >= Trust::own && fact.citation.trust <= Trust::untrusted, "a fact has a known trust class");
  }
}

QueryPlan plan_of_everything() {
  QueryPlan plan;
  plan.terms = {"budget", "weekly", "review"};
  plan.names = {"Mara Lind", "Berlin"};
  plan.keys = {Key{Scheme::ical_uid, "weekly@desk.example", {}}, Key{Scheme::mailto, "mara@desk.example", {}}};
  plan.walk_depth = 3;
  return plan;
}

void store_one(const storage::Book& book) {
  auto writer = storage::Writer::open(book, soon());
  if (!writer) return require_typed(writer.error());
  Observation observation;
  observation.agent = observation.session = "fuzz";
  observation.sequence = 1;
  observation.ack_class = AckClass::applied;
  observation.triples = {{named("Mara Lind"), "located at", named("Room 9"), Cardinality::single}};
  for (const auto& receipt : writer->store(std::vector{observation}, soon()))
    if (!receipt) require_typed(receipt.error());
}

void open_and_use(const fs::path& file) {
  const SystemClock clock;
  storage::BookOptions options;
  options.path = file;
  options.cache_kib = 512;
  const auto book = storage::Book::open(options, clock, soon());
  if (!book) return require_typed(book.error());
  auto reader = storage::Reader::open(*book, soon());
  if (!reader) return require_typed(reader.error());
  const auto answer = reader->answer(plan_of_everything(), soon());
  if (answer) require_sane(*answer); else require_typed(answer.error());
  if (const auto stats = reader->stats(soon()); !stats) require_typed(stats.error());
  const auto report = storage::verify(*book, soon());
  if (!report) return require_typed(report.error());
  require(!report->checks.empty(), "verify says what it looked at");
  if (report->ok) require(answer.has_value(), "what verify calls sound can be read", answer ? "" : to_string(answer.error()));
  store_one(*book);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t count) {
  watch_steps();
  if (count == 0) return 0;
  const std::string rest = text_of(bytes + 1, count - 1);
  const MemoryFolder folder;
  const fs::path file = folder.path() / "fuzz.db";
  {
    const std::string content = bytes[0] == 'P' ? patched(rest) : bytes[0] == 'S' ? sound_book() : rest;
    std::ofstream out{file, std::ios::binary};
    out << content;
  }
  fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
  if (bytes[0] == 'S') run_sql(file, rest);
  open_and_use(file);
  return 0;
}
