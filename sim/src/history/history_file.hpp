// A history file as it lies on disk and in memory: one header, then records in the order in which they were begun.
//
//   HistoryHeader | record 1 | record 2 | ... | record n | unused, all zero ...
//
// One thread writes. A record counts once its number is there, and is answered once its status is: both are stored
// last, with release, so that whoever sees them sees what they speak of, in this process or another one, and also when
// the writer was killed between two stores. The kernel keeps what a killed process wrote to a shared mapping.
#pragma once
#include "commonbook/model/result.hpp"
#include "commonbook/sim/history.hpp"

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <filesystem>

namespace commonbook::sim {

/// 64 bytes, as it stands in the file.
struct HistoryHeader {
  std::array<char, 8> magic{};
  std::uint64_t record_bytes = 0;
  std::uint64_t capacity = 0;  ///< records
  std::uint64_t dropped = 0;   ///< operations that found the file full
  std::uint32_t process = 0;
  std::uint32_t thread = 0;
  std::array<std::uint64_t, 3> reserved{};
};
static_assert(sizeof(HistoryHeader) == 64);

inline constexpr std::array<char, 8> history_magic{'C', 'B', 'H', 'I', 'S', 'T', '0', '1'};

/// A file mapped shared, unmapped at the end of its scope.
class HistoryMapping {
 public:
  /// Makes a new file, its space reserved so that a full disk shows here and not as a signal later.
  /// @errors  already_exists, disk_full, io.
  static Result<HistoryMapping> create(const std::filesystem::path& file, std::size_t capacity);
  /// Maps an existing file for reading. @errors io; parse_error: it is no history, or shorter than it says.
  static Result<HistoryMapping> open(const std::filesystem::path& file);
  HistoryMapping(HistoryMapping&& other) noexcept;
  HistoryMapping& operator=(HistoryMapping&&) = delete;
  ~HistoryMapping();

  [[nodiscard]] HistoryHeader& header() const noexcept { return *static_cast<HistoryHeader*>(memory_); }
  [[nodiscard]] HistoryRecord* records() const noexcept;  ///< header().capacity of them

 private:
  HistoryMapping(void* memory, std::size_t bytes) noexcept : memory_(memory), bytes_(bytes) {}
  void* memory_;
  std::size_t bytes_;
};

/// Stores a field so that everything stored before it is seen by whoever sees it.
template <class T>
void publish(T& field, T value) noexcept {
  std::atomic_ref<T>{field}.store(value, std::memory_order_release);
}

template <class T>
[[nodiscard]] T read_published(T& field) noexcept {
  return std::atomic_ref<T>{field}.load(std::memory_order_acquire);
}

}  // namespace commonbook::sim
