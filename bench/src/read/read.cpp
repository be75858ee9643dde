#include "read.hpp"

#include "../book_builder.hpp"
#include "../process_figures.hpp"
#include "readings.hpp"
#include "writers.hpp"

#include <algorithm>
#include <chrono>
#include <stdexcept>
#include <thread>

namespace commonbook::bench {
namespace {

constexpr double reads_per_second = 1'000;
constexpr std::size_t steady_askers = 4;
constexpr int cores = 2;

std::string row_of(Reading reading, const char* beside) { return std::string{to_string(reading)} + ", " + beside; }

/// Asks for one kind as long as `seconds`. @param a_second  so many are due in a second, each at its own time, from which
/// it is measured, and none any more after twice the time; 0: one after another.
nlohmann::json measure_reading(Asker& asker, Reading reading, double seconds, double a_second = 0) {
  std::vector<double> times_ms;
  std::size_t found = 0;
  const double begin = steady_seconds();
  for (double start = begin; start < begin + seconds && steady_seconds() < begin + 2 * seconds;) {
    const double wait = start - steady_seconds();
    if (wait > 0) std::this_thread::sleep_for(std::chrono::duration<double>(wait));
    found += asker.ask(reading);
    const double end = steady_seconds();
    times_ms.push_back((end - start) * 1e3);
    start = a_second > 0 ? start + 1 / a_second : end;
  }
  const auto count = static_cast<double>(times_ms.size());
  return {{"per_second", count / (steady_seconds() - begin)},
          {"p50_ms", quantile(times_ms, 0.5)},
          {"p99_ms", quantile(times_ms, 0.99)},
          {"max_ms", quantile(times_ms, 1)},
          {"found_mean", static_cast<double>(found) / count},
          {"readings", count}};
}

/// 900 lookups, 95 neighbourhoods of depth 1, 4 of depth 2 and a question, in an order that mixes them.
Reading reading_of_the_mix(std::size_t number) {
  const std::size_t turn = number * 389 % 1'000;  // a step without a common divisor visits each once
  if (turn < 900) return Reading::lookup;
  if (turn < 995) return Reading::depth_1;
  return turn < 999 ? Reading::depth_2 : Reading::question;
}

struct MixFigures {
  double per_second = 0;
  double cpu_seconds = 0;              ///< of the process, in a second
  std::vector<double> times_ms;        ///< from when a reading was due to its answer
};

/// 1,000 readings a second from four askers, each due at its own time whether earlier ones are answered or not. What has
/// not begun at the end is left out, so a reader that can't keep up shows in `per_second`.
MixFigures read_steadily(actors::Runtime& runtime, const BookContent& content, double seconds) {
  std::vector<std::vector<double>> times_ms(steady_askers);
  std::vector<std::string> failures(steady_askers);
  std::vector<std::thread> threads;
  const ProcessFigures before = process_figures();
  for (std::size_t number = 0; number < steady_askers; ++number)
    threads.emplace_back([&, number] {
      try {
        Asker asker{runtime, content, 100 + number};
        for (std::size_t at = number;; at += steady_askers) {
          const double due = before.wall_seconds + static_cast<double>(at) / reads_per_second;
          if (std::max(due, steady_seconds()) >= before.wall_seconds + seconds) return;
          const double wait = due - steady_seconds();
          if (wait > 0) std::this_thread::sleep_for(std::chrono::duration<double>(wait));
          asker.ask(reading_of_the_mix(at));
          times_ms[number].push_back((steady_seconds() - due) * 1e3);
        }
      } catch (const std::exception& failure) {
        failures[number] = failure.what();
      }
    });
  for (std::thread& thread : threads) thread.join();
  const ProcessFigures after = process_figures();
  MixFigures figures;
  for (std::size_t number = 0; number < steady_askers; ++number) {
    if (!failures[number].empty()) throw std::runtime_error(failures[number]);
    figures.times_ms.insert(figures.times_ms.end(), times_ms[number].begin(), times_ms[number].end());
  }
  const double elapsed = after.wall_seconds - before.wall_seconds;
  figures.per_second = static_cast<double>(figures.times_ms.size()) / elapsed;
  figures.cpu_seconds = (after.cpu_seconds - before.cpu_seconds) / elapsed;
  return figures;
}

double write_saturated(actors::Runtime& runtime, const Workload& writing, double seconds) {
  Writers writers{runtime, writing, 0};
  std::this_thread::sleep_for(std::chrono::duration<double>(seconds));
  return writers.stop();
}

/// The rate of writing with and without 1,000 readings a second.
nlohmann::json measure_writing(actors::Runtime& runtime, const BookContent& content, const Workload& writing, double seconds) {
  MixFigures alone = read_steadily(runtime, content, seconds);
  const double without = write_saturated(runtime, writing, seconds);
  Writers writers{runtime, writing, 0};
  MixFigures beside = read_steadily(runtime, content, seconds);
  const double with = writers.stop();
  const double share = alone.cpu_seconds / cores;
  return {{"triples_per_second", with},
          {"triples_per_second_unread", without},
          {"rate_kept", with / without},
          {"readers_cpu_share", share},
          {"rate_kept_beyond_cpu", with / without + share},
          {"per_second", beside.per_second},
          {"per_second_alone", alone.per_second},
          {"p50_ms", quantile(beside.times_ms, 0.5)},
          {"p99_ms", quantile(beside.times_ms, 0.99)},
          {"max_ms", quantile(beside.times_ms, 1)}};
}

}  // namespace

nlohmann::json measure_read(const ReadOptions& options) {
  const auto file = options.folder / "read.db";
  const BookContent content =
      content_of(make_workload({.triples = options.triples, .agents = options.agents, .document_words = 60}));
  const Workload writing = make_workload({.triples = 200'000, .agents = options.agents, .seed = 2});
  build_book(file, content.workload);
  nlohmann::json rows;
  std::vector<Reading> asked;
  for (const Reading reading : readings)
    if (options.only.empty() || options.only == to_string(reading)) asked.push_back(reading);
  const bool is_mixed = options.only.empty() || options.only == "mix";
  if (asked.empty() && !is_mixed) throw std::runtime_error("no such reading: " + options.only);
  for (const Reading reading : asked) rows[row_of(reading, "alone")]["rows_read"] = rows_read(file, content, reading);
  actors::RuntimeOptions runtime_options;
  runtime_options.path = file;
  runtime_options.storage_actors = options.storage_actors;
  auto runtime = actors::Runtime::start(runtime_options);
  if (!runtime) throw std::runtime_error(runtime.error().message);
  Asker asker{**runtime, content, 1};
  for (const Reading reading : asked)
    rows[row_of(reading, "alone")].update(measure_reading(asker, reading, options.seconds));
  // First the saturated rate is found, then half of it is written.
  const double saturated = write_saturated(**runtime, writing, options.seconds);
  for (const Reading reading : asked) {
    Writers writers{**runtime, writing, saturated / 2};
    nlohmann::json& row = rows[row_of(reading, "writing")];
    row = measure_reading(asker, reading, options.seconds, options.a_second);
    row["triples_per_second"] = writers.stop();
  }
  nlohmann::json& mix = rows["1,000 reads a second, writing"];
  if (is_mixed) mix = measure_writing(**runtime, content, writing, options.seconds);
  const auto shutdown = (*runtime)->shutdown();
  mix["wal_bytes_max"] = static_cast<double>(shutdown.metrics.wal_bytes_max);
  runtime->reset();
  remove_database(file);
  return {{"rows", rows}};
}

}  // namespace commonbook::bench
