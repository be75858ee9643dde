// Calendar files as a source of documents. A file is read twice: its VTIMEZONEs may stand behind the events that name
// them. Memory: one VEVENT, and the VTIMEZONEs of one file.
#include "calendar_triples.hpp"
#include "icalendar_components.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace commonbook::agents {
namespace {

namespace fs = std::filesystem;

CalendarZones zones_in(std::istream& input) {
  CalendarZones zones;
  CalendarComponentReader reader{input, CalendarComponentReader::Wanted::time_zones};
  while (const auto component = reader.next()) {
    if (component->name == "VTIMEZONE") zones.add(*component);
  }
  return zones;
}

/// The events of one stream, with the zones that were found in it before.
class EventStream {
 public:
  EventStream(std::istream& input, CalendarZones zones, std::string place, const std::string& agent)
      : reader_(input), zones_(std::move(zones)), place_(std::move(place)), agent_(agent) {}

  std::optional<ImportItem> next(std::vector<Dropped>& dropped) {
    while (auto component = reader_.next()) {
      if (component->name != "VEVENT") continue;
      if (component->lines.empty()) {
        dropped.push_back({place_ + ':' + std::to_string(component->first_line), "VEVENT without any property"});
        continue;
      }
      return to_import_item(read_event(std::move(*component), zones_, place_), place_, agent_);
    }
    if (!std::exchange(ended_, true) && !reader_.saw_component()) {
      dropped.push_back({place_, "holds no calendar component"});
    }
    return std::nullopt;
  }
  [[nodiscard]] std::int64_t bytes_read() const noexcept { return reader_.bytes_read(); }

 private:
  CalendarComponentReader reader_;
  CalendarZones zones_;
  std::string place_;
  const std::string& agent_;
  bool ended_ = false;
};

struct CalendarFile {
  fs::path path;
  std::string place;
  std::int64_t bytes = 0;
};

/// An open file and the events still to come from it.
struct OpenCalendar {
  OpenCalendar(const CalendarFile& file, const std::string& agent) : input(file.path, std::ios::binary) {
    if (!input) return;
    CalendarZones zones = zones_in(input);
    input.clear();
    input.seekg(0);
    events.emplace(input, std::move(zones), file.place, agent);
  }
  std::ifstream input;
  std::optional<EventStream> events;
};

class CalendarSource final : public Source {
 public:
  CalendarSource(std::vector<CalendarFile> files, std::string agent) : files_(std::move(files)), agent_(std::move(agent)) {
    for (const CalendarFile& file : files_) progress_.bytes_total += file.bytes;
  }

  Result<std::optional<ImportItem>> next() override {
    for (;;) {
      if (!open_) {
        if (at_ == files_.size()) return std::optional<ImportItem>{};
        const CalendarFile& file = files_[at_++];
        open_ = std::make_unique<OpenCalendar>(file, agent_);
        if (!open_->events || open_->input.bad()) {
          open_.reset();
          return Error{ErrorCode::io, "calendar file '" + file.path.string() + "' can't be read"};
        }
      }
      auto item = open_->events->next(dropped_);
      if (item) {
        ++progress_.documents;
        return item;
      }
      bytes_of_ended_files_ += files_[at_ - 1].bytes;
      open_.reset();
    }
  }

  [[nodiscard]] SourceProgress progress() const override {
    SourceProgress progress = progress_;
    progress.bytes_done = bytes_of_ended_files_ + (open_ ? open_->events->bytes_read() : 0);
    return progress;
  }
  [[nodiscard]] const std::vector<Dropped>& dropped() const override { return dropped_; }

 private:
  std::vector<CalendarFile> files_;
  std::string agent_;
  std::size_t at_ = 0;  ///< the next file to open
  std::unique_ptr<OpenCalendar> open_;
  std::int64_t bytes_of_ended_files_ = 0;
  SourceProgress progress_;
  std::vector<Dropped> dropped_;
};

bool is_calendar_name(const fs::path& path) {
  const std::string extension = in_capitals(path.extension().string());
  return extension == ".ICS" || extension == ".ICAL" || extension == ".ICALENDAR";
}

/// Opening and closing a database that this process uses would lose its locks.
bool is_database_name(const fs::path& path) {
  const std::string name = in_capitals(path.filename().string());
  return name.ends_with(".DB") || name.ends_with("-WAL") || name.ends_with("-SHM") || name.ends_with(".SQLITE");
}

CalendarFile calendar_file(const fs::path& path, std::string place) {
  std::error_code unknown;
  const auto bytes = fs::file_size(path, unknown);
  return {path, std::move(place), unknown ? 0 : static_cast<std::int64_t>(bytes)};
}

Result<void> add_folder(const fs::path& folder, std::vector<CalendarFile>& files) {
  std::error_code failed;
  std::vector<fs::path> found;
  for (fs::recursive_directory_iterator entry{folder, fs::directory_options::skip_permission_denied, failed}, end;
       !failed && entry != end; entry.increment(failed)) {
    if (is_calendar_name(entry->path()) && fs::is_regular_file(entry->path(), failed)) found.push_back(entry->path());
  }
  if (failed) return Error{ErrorCode::io, "folder '" + folder.string() + "' can't be read: " + failed.message()};
  std::sort(found.begin(), found.end());
  for (const fs::path& path : found) files.push_back(calendar_file(path, path.lexically_relative(folder).string()));
  return {};
}

}  // namespace

Result<std::unique_ptr<Source>> open_calendars(const std::vector<fs::path>& paths, const std::string& agent) {
  std::vector<CalendarFile> files;
  for (const fs::path& path : paths) {
    std::error_code failed;
    if (is_database_name(path) && fs::is_regular_file(path, failed)) {
      return Error{ErrorCode::invalid_argument, "'" + path.string() + "' is named like a database: name a calendar file"};
    }
    if (fs::is_directory(path, failed)) {
      if (auto added = add_folder(path, files); !added) return added.error();
    } else if (fs::is_regular_file(path, failed)) {
      files.push_back(calendar_file(path, path.filename().string()));
    } else {
      return Error{ErrorCode::not_found, "'" + path.string() + "' is no file and no folder"};
    }
  }
  return std::unique_ptr<Source>{std::make_unique<CalendarSource>(std::move(files), agent)};
}

std::vector<ImportItem> read_calendar(std::string_view text, const std::string& place, const std::string& agent,
                                      std::vector<Dropped>& dropped) {
  const std::string bytes{text};
  std::istringstream first_pass{bytes};
  std::istringstream second_pass{bytes};
  EventStream events{second_pass, zones_in(first_pass), place, agent};
  std::vector<ImportItem> items;
  while (auto item = events.next(dropped)) items.push_back(std::move(*item));
  return items;
}

}  // namespace commonbook::agents
