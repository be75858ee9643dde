#include "history_file.hpp"

#include <cerrno>
#include <cstring>
#include <string>
#include <utility>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

namespace commonbook::sim {
namespace {

class Descriptor {
 public:
  explicit Descriptor(int number) noexcept : number_(number) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const noexcept { return number_; }

 private:
  int number_;
};

Error failed(const std::filesystem::path& file, const char* doing, int number) {
  const ErrorCode code = number == EEXIST   ? ErrorCode::already_exists
                         : number == ENOSPC ? ErrorCode::disk_full
                                            : ErrorCode::io;
  return {code, std::string{doing} + " " + file.string() + ": " + std::strerror(number), 0, {}};
}

Error damaged(const std::filesystem::path& file, const char* what) {
  return {ErrorCode::parse_error, file.string() + ": " + what, 0, {}};
}

}  // namespace

HistoryMapping::HistoryMapping(HistoryMapping&& other) noexcept
    : memory_(std::exchange(other.memory_, nullptr)), bytes_(other.bytes_) {}

HistoryMapping::~HistoryMapping() {
  if (memory_ != nullptr) ::munmap(memory_, bytes_);
}

HistoryRecord* HistoryMapping::records() const noexcept {
  return reinterpret_cast<HistoryRecord*>(static_cast<std::byte*>(memory_) + sizeof(HistoryHeader));
}

Result<HistoryMapping> HistoryMapping::create(const std::filesystem::path& file, std::size_t capacity) {
  const Descriptor descriptor{::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)};
  if (descriptor.number() < 0) return failed(file, "making the history", errno);
  const std::size_t bytes = sizeof(HistoryHeader) + capacity * sizeof(HistoryRecord);
  if (const int number = ::posix_fallocate(descriptor.number(), 0, static_cast<off_t>(bytes)); number != 0) {
    return failed(file, "reserving the history", number);
  }
  void* memory = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor.number(), 0);
  if (memory == MAP_FAILED) return failed(file, "mapping the history", errno);
  return HistoryMapping{memory, bytes};
}

Result<HistoryMapping> HistoryMapping::open(const std::filesystem::path& file) {
  const Descriptor descriptor{::open(file.c_str(), O_RDONLY | O_CLOEXEC)};
  if (descriptor.number() < 0) return failed(file, "opening the history", errno);
  struct stat status {};
  if (::fstat(descriptor.number(), &status) != 0) return failed(file, "opening the history", errno);
  const auto bytes = static_cast<std::size_t>(status.st_size);
  if (bytes < sizeof(HistoryHeader)) return damaged(file, "too short for a history");
  void* memory = ::mmap(nullptr, bytes, PROT_READ, MAP_SHARED, descriptor.number(), 0);
  if (memory == MAP_FAILED) return failed(file, "mapping the history", errno);
  HistoryMapping mapping{memory, bytes};
  const HistoryHeader& header = mapping.header();
  if (header.magic != history_magic || header.record_bytes != sizeof(HistoryRecord)) {
    return damaged(file, "not a history of this version");
  }
  if (header.capacity != (bytes - sizeof(HistoryHeader)) / sizeof(HistoryRecord)) {
    return damaged(file, "the history is not as long as it says");
  }
  return mapping;
}

}  // namespace commonbook::sim
