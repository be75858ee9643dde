#include "trace.hpp"

#include <sstream>
#include <string_view>
#include <utility>

namespace commonbook::sim {

namespace {

constexpr std::string_view version_line = "commonbook trace 1";

/// FNV-1a. @source  Fowler, Noll, Vo; RFC 9923 parameters.
void mix(std::uint64_t& hash, std::string_view bytes) {
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001B3ULL;
}

void mix(std::uint64_t& hash, std::uint64_t number) {
  for (int shift = 0; shift < 64; shift += 8) hash = (hash ^ ((number >> shift) & 0xFFU)) * 0x100000001B3ULL;
}

Error not_a_trace(const std::string& file, std::uint64_t line, const std::string& expected) {
  return {ErrorCode::parse_error, file + ":" + std::to_string(line) + ": expected " + expected, 0, {}};
}

/// The rest of a line that begins with `key` and a blank.
std::optional<std::string> value_of(const std::string& line, std::string_view key) {
  if (!line.starts_with(key) || line.size() <= key.size() || line[key.size()] != ' ') return std::nullopt;
  return line.substr(key.size() + 1);
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in{text};
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

std::optional<std::uint64_t> number_in(const std::string& text) {
  std::istringstream in{text};
  std::uint64_t number = 0;
  if (!(in >> number)) return std::nullopt;
  return number;
}

}  // namespace

Result<TraceReader> TraceReader::open(const std::filesystem::path& file) {
  TraceReader reader;
  reader.name_ = file.string();
  reader.in_.open(file);
  if (!reader.in_) return Error{ErrorCode::io, "the trace " + reader.name_ + " can't be read", 0, {}};
  const auto line = [&reader] {
    std::string text;
    std::getline(reader.in_, text);
    ++reader.line_;
    return text;
  };
  if (line() != version_line) return not_a_trace(reader.name_, 1, "\"" + std::string{version_line} + "\"");
  const auto scenario = value_of(line(), "scenario");
  if (!scenario) return not_a_trace(reader.name_, 2, "\"scenario FILE\"");
  const auto seed = number_in(value_of(line(), "seed").value_or(""));
  if (!seed) return not_a_trace(reader.name_, 3, "\"seed N\"");
  const auto lines = number_in(value_of(line(), "text").value_or(""));
  if (!lines) return not_a_trace(reader.name_, 4, "\"text L\"");
  reader.head_ = {*scenario, {}, *seed};
  for (std::uint64_t at = 0; at < *lines && reader.in_; ++at) reader.head_.scenario_text += line() + "\n";
  if (line() != "steps") return not_a_trace(reader.name_, reader.line_, "\"steps\"");
  return reader;
}

Result<std::optional<TraceStep>> TraceReader::next() {
  std::string text;
  if (!std::getline(in_, text)) return std::optional<TraceStep>{};
  ++line_;
  std::istringstream in{text};
  TraceStep step;
  if (!(in >> step.number >> step.virtual_ms >> step.choice >> step.choices) || in.get() != ' ')
    return not_a_trace(name_, line_, "a step: four numbers and what happened");
  std::getline(in, step.what);
  return std::optional{std::move(step)};
}

Result<Trace> Trace::begin(const TraceHead& head, const std::optional<std::filesystem::path>& file,
                           std::optional<TraceReader> expected) {
  Trace trace;
  trace.expected_ = std::move(expected);
  if (!file) return trace;
  trace.out_name_ = file->string();
  trace.out_.emplace(*file, std::ios::trunc);
  const auto lines = lines_of(head.scenario_text);
  *trace.out_ << version_line << "\nscenario " << head.scenario_file.string() << "\nseed " << head.seed << "\ntext "
              << lines.size() << '\n';
  for (const std::string& line : lines) *trace.out_ << line << '\n';
  *trace.out_ << "steps\n";
  if (!*trace.out_) return Error{ErrorCode::io, "the trace " + trace.out_name_ + " can't be written", 0, {}};
  return trace;
}

void Trace::add(TraceStep step) {
  step.number = ++steps_;
  mix(hash_, step.virtual_ms);
  mix(hash_, (static_cast<std::uint64_t>(step.choice) << 32U) | step.choices);
  mix(hash_, step.what);
  if (out_)
    *out_ << step.number << ' ' << step.virtual_ms << ' ' << step.choice << ' ' << step.choices << ' ' << step.what
          << '\n';
  if (expected_ && !differs_ && !error_) compare(step);
}

void Trace::compare(const TraceStep& step) {
  auto expected = expected_->next();
  if (!expected) {
    error_ = expected.error();
    return;
  }
  if (*expected && **expected == step) return;
  differs_ = true;
  expected_step_ = std::move(*expected);
  found_step_ = step;
}

Result<void> Trace::end() {
  if (out_) {
    out_->close();
    if (!*out_) return Error{ErrorCode::io, "the trace " + out_name_ + " can't be written", 0, {}};
  }
  if (error_) return *error_;
  if (!expected_ || differs_) return {};
  auto missing = expected_->next();
  if (!missing) return missing.error();
  if (*missing) {
    differs_ = true;
    expected_step_ = std::move(*missing);
  }
  return {};
}

}  // namespace commonbook::sim
