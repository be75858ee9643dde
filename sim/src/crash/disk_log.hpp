// What a workload did to its files, call by call, and the disks that a power failure could have left behind.
//
// A disk keeps what was synced. Of the rest it keeps any part: each sector of each write or not, in any order, since
// the kernel and the disk both reorder; each change of a length or not. Names are kept in the order in which they were
// made and removed, as file systems with a journal keep them, and are certain once the directory was synced.
#pragma once
#include "commonbook/actors/seeded_random.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace commonbook::sim::crash {

/// Which of the files beside each other a name means.
enum class DiskName : std::uint8_t { database = 0, log, journal };
inline constexpr std::size_t disk_names = 3;
inline constexpr std::array<const char*, disk_names> disk_suffixes{"", "-wal", "-journal"};

struct DiskOperation {
  enum class Kind : std::uint8_t {
    create = 1,  ///< `file` gets the name
    remove,      ///< the name is free again
    write,
    truncate,
    sync,            ///< all of the file so far
    sync_directory,  ///< all names so far
  };
  Kind kind = Kind::write;
  DiskName name = DiskName::database;  ///< of create and remove
  std::uint32_t file = 0;              ///< a number for life: the next file of the same name has another
  std::int64_t at = 0;                 ///< of write: offset; of truncate: the new length
  std::size_t bytes = 0;               ///< of write: where they begin in DiskLog::bytes
  std::size_t size = 0;
};

/// Thread-safe while it is recorded; read it when the workload is over.
class DiskLog {
 public:
  /// @returns  the file of that name; a new one where there was none.
  std::uint32_t open(DiskName name);
  void write(std::uint32_t file, const void* bytes, std::size_t size, std::int64_t at);
  void truncate(std::uint32_t file, std::int64_t size);
  void sync(std::uint32_t file);
  void sync_directory();
  void remove(DiskName name);

  /// How many operations there were so far: a crash point. Thread: any.
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] const std::vector<DiskOperation>& operations() const noexcept { return operations_; }
  [[nodiscard]] const std::vector<std::byte>& bytes() const noexcept { return bytes_; }

 private:
  mutable std::mutex mutex_;
  std::vector<DiskOperation> operations_;
  std::vector<std::byte> bytes_;
  std::array<std::optional<std::uint32_t>, disk_names> named_;
  std::uint32_t files_ = 0;
};

using Content = std::vector<std::byte>;
/// What stands under each name; nullopt: no file.
using DiskImage = std::array<std::optional<Content>, disk_names>;

/// Goes along a log and makes images of the moment that it has come to.
class DiskReplay {
 public:
  /// @param ignore_syncs  a control: as if no sync had ever reached the disk.
  DiskReplay(const DiskLog& log, bool ignore_syncs) : log_(log), ignore_syncs_(ignore_syncs) {}
  /// Forward only. @param operations  the power fails after so many.
  void advance(std::size_t operations);
  /// One of the disks that could be left.
  [[nodiscard]] DiskImage image(actors::SeededRandom& random) const;

 private:
  struct File {
    Content synced;
    std::vector<const DiskOperation*> unsynced;
  };
  [[nodiscard]] Content content_of(const File& file, actors::SeededRandom& random) const;

  const DiskLog& log_;
  const bool ignore_syncs_;
  std::size_t done_ = 0;
  std::vector<File> files_;
  std::vector<const DiskOperation*> names_;  // create and remove, in their order
  std::size_t names_synced_ = 0;             // so many of them are certain
};

}  // namespace commonbook::sim::crash
