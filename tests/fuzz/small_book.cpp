#include "small_book.hpp"

#include "fuzz_support.hpp"
#include "mail_items.hpp"

#include "commonbook/agents/source.hpp"
#include "commonbook/storage/compactor.hpp"
#include "commonbook/storage/writer.hpp"

#include <cstdlib>

namespace commonbook::fuzz {
namespace {

namespace fs = std::filesystem;

constexpr const char* calendar =
    "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nUID:weekly@desk.example\r\nDTSTAMP:20260105T080000Z\r\n"
    "DTSTART;TZID=Europe/Berlin:20260106T100000\r\nDTEND;TZID=Europe/Berlin:20260106T110000\r\n"
    "RRULE:FREQ=WEEKLY;BYDAY=TU\r\nSUMMARY:Weekly planning\r\nLOCATION:Room 4\r\n"
    "ORGANIZER;CN=Mara Lind:mailto:mara@desk.example\r\nATTENDEE;PARTSTAT=ACCEPTED;CN=Jonas:mailto:jonas@desk.example\r\n"
    "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:review@desk.example\r\nDTSTAMP:20260105T080000Z\r\nDTSTART;VALUE=DATE:20260120\r\n"
    "SUMMARY:Budget review\r\nLOCATION:Berlin\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
constexpr const char* message =
    "Message-ID: <1@desk.example>\nFrom: Mara Lind <mara@desk.example>\nTo: jonas@desk.example\n"
    "Date: Mon, 05 Jan 2026 09:00:00 +0000\nSubject: The budget\n\nThe budget review costs 1,200 euro.\n";

Clock::SteadyPoint soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{20}; }

std::vector<Observation> observations() {
  std::vector<agents::Dropped> dropped;
  std::vector<Observation> all;
  for (agents::ImportItem& item : agents::read_calendar(calendar, "small.ics", "calendar", dropped))
    all.push_back(std::move(item.observation));
  for (agents::ImportItem& item : agents::items_of({message, "small.eml", {}, "email"}, {}, {}))
    all.push_back(std::move(item.observation));
  std::uint64_t sequence = 0;
  for (Observation& observation : all) {
    observation.agent = observation.session = "small";
    observation.sequence = ++sequence;
    observation.ack_class = AckClass::applied;
  }
  return all;
}

}  // namespace

MemoryFolder::MemoryFolder() {
  const char* in_memory = "/dev/shm";
  std::error_code unknown;
  std::string name = (fs::is_directory(in_memory, unknown) ? fs::path{in_memory} : fs::temp_directory_path()) /
                     "commonbook-fuzz-XXXXXX";
  require(::mkdtemp(name.data()) != nullptr, "a temporary folder can be made");
  path_ = name;
}

MemoryFolder::~MemoryFolder() {
  std::error_code ignored;  // nothing of it is worth an error
  fs::remove_all(path_, ignored);
}

void make_small_book(const fs::path& path) {
  const SystemClock clock;
  storage::BookOptions options;
  options.path = path;
  options.create = true;
  options.cache_kib = 512;
  auto book = storage::Book::open(options, clock, soon());
  require(book.has_value(), "the small book opens", book ? "" : to_string(book.error()));
  auto writer = storage::Writer::open(*book, soon());
  require(writer.has_value(), "the small book has a writer");
  std::vector<Observation> batch = observations();
  const auto last = batch.back();
  batch.pop_back();
  for (const auto& receipt : writer->store(batch, soon())) require(receipt.has_value(), "the small book is written");
  // Rows in both parts: what was compacted and what was not.
  auto compactor = storage::Compactor::open(*book, "small", soon());
  require(compactor.has_value(), "the small book has a compactor");
  constexpr int slices_max = 100;
  for (int slice = 0; slice < slices_max; ++slice) {
    const auto step = compactor->step(true, soon());
    require(step.has_value(), "the small book is compacted");
    if (step->outcome == storage::CompactionOutcome::idle) break;
  }
  const std::vector<Observation> rest{last};
  for (const auto& receipt : writer->store(rest, soon())) require(receipt.has_value(), "the small book is written");
}

}  // namespace commonbook::fuzz
