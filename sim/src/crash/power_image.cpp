#include "power_image.hpp"

#include "commonbook/storage/care.hpp"
#include "commonbook/storage/reader.hpp"
#include "commonbook/storage/writer.hpp"

#include <fstream>
#include <system_error>

#include <sys/stat.h>

namespace commonbook::sim::crash {

namespace {

Clock::SteadyPoint soon() { return std::chrono::steady_clock::now() + std::chrono::seconds{20}; }

// Before SQLite knows the files, so that no lock of this process can be lost.
Result<void> write_files(const DiskImage& image, const std::filesystem::path& database) {
  std::error_code failed;
  std::filesystem::create_directories(database.parent_path(), failed);
  if (failed) return Error{ErrorCode::io, database.parent_path().string() + ": " + failed.message(), 0, {}};
  for (std::size_t name = 0; name < disk_names; ++name) {
    if (!image[name]) continue;
    const std::string path = database.string() + disk_suffixes[name];
    std::ofstream file{path, std::ios::binary};
    file.write(reinterpret_cast<const char*>(image[name]->data()), static_cast<std::streamsize>(image[name]->size()));
    file.close();
    if (!file || ::chmod(path.c_str(), 0600) != 0) return Error{ErrorCode::io, "writing " + path, 0, {}};
  }
  return {};
}

std::string failed_checks(const storage::Book& book) {
  const auto report = storage::verify(book, soon());
  if (!report) return "verify: " + to_string(report.error());
  for (const storage::Check& check : report->checks)
    if (!check.ok) return check.id + ", " + check.what + ": " + check.detail;
  return {};
}

// The power failed once; the book must work on.
std::string failed_write(const storage::Book& book) {
  auto writer = storage::Writer::open(book, soon());
  if (!writer) return "opening a writer after recovery: " + to_string(writer.error());
  Observation observation = make_item(0, {.round = 1, .process = 0, .agent = 0, .number = 1}, 1);
  observation.agent = "after";
  observation.session = "after";
  observation.sequence = 1;
  const auto receipts = writer->store({&observation, 1}, soon());
  if (!receipts.front()) return "a write after recovery: " + to_string(receipts.front().error());
  const std::string failed = failed_checks(book);
  return failed.empty() ? "" : "after a write that followed recovery: " + failed;
}

void examine(Recovered& found, const std::filesystem::path& database, bool create, bool write_to) {
  const SystemClock clock;
  storage::BookOptions options;
  options.path = database;
  options.create = create;
  auto book = storage::Book::open(options, clock, soon());
  if (!book) {
    found.unsound = "it can't be opened: " + to_string(book.error());
    return;
  }
  {
    auto reader = storage::Reader::open(*book, soon());
    const auto digest = reader ? reader->row_digest(soon()) : Result<std::uint64_t>{reader.error()};
    if (!digest) {
      found.unsound = "its digest can't be read: " + to_string(digest.error());
      return;
    }
    found.digest = *digest;
  }
  found.unsound = failed_checks(*book);
  if (!found.unsound.empty() || !write_to) return;
  found.unsound = failed_write(*book);
  found.written = found.unsound.empty();
}

}  // namespace

Result<Recovered> recover_image(const DiskImage& image, const std::filesystem::path& folder, bool create,
                                bool write_to) {
  Recovered found;
  const std::filesystem::path database = folder / "memory.db";
  if (auto written = write_files(image, database); !written) return written.error();
  examine(found, database, create, write_to);
  std::error_code ignored;  // the run's folder goes away later anyway
  std::filesystem::remove_all(folder, ignored);
  return found;
}

Verdict judge(const PowerRecording& recording, std::size_t crash_at, std::optional<std::uint64_t> digest) {
  const std::vector<PowerStep>& steps = recording.steps;
  Verdict verdict;
  std::size_t begun = 0;       // steps[0, begun) may have left a trace
  std::size_t certain = 0;     // steps[0, certain) were promised to survive
  std::optional<std::size_t> state;  // how many of the steps the image holds
  if (!digest) state = 0;
  for (std::size_t at = 0; at < steps.size() && steps[at].begun_at <= crash_at; ++at) {
    begun = at + 1;
    if (steps[at].ended_at <= crash_at) {
      verdict.durable_before += steps[at].durable_receipts;
      verdict.applied_before += steps[at].applied_receipts;
      if (steps[at].durable) certain = at + 1;
    }
    if (digest == steps[at].digest) state = at + 1;
  }
  if (!state) {
    verdict.hole = true;
    return verdict;
  }
  verdict.lost_durable = *state < certain;
  std::int64_t lost_from = 0;
  std::int64_t lost_until = 0;
  for (std::size_t at = *state; at < begun && steps[at].ended_at <= crash_at; ++at) {
    verdict.durable_lost += steps[at].durable_receipts;
    verdict.applied_lost += steps[at].applied_receipts;
    if (steps[at].durable_receipts + steps[at].applied_receipts == 0) continue;
    if (lost_from == 0) lost_from = steps[at].begun_ns;
    lost_until = steps[at].ended_ns;
  }
  verdict.work_ms = static_cast<double>(lost_until - lost_from) / 1e6;
  return verdict;
}

}  // namespace commonbook::sim::crash
