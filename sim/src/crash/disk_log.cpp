#include "disk_log.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace commonbook::sim::crash {

namespace {

constexpr std::int64_t sector_bytes = 512;

// A sector's share of a write, or a change of length (bytes == nullptr).
struct Piece {
  std::int64_t at = 0;
  const std::byte* bytes = nullptr;
  std::size_t size = 0;
};

void shuffle(std::vector<Piece>& pieces, actors::SeededRandom& random) {
  for (std::size_t left = pieces.size(); left > 1; --left) std::swap(pieces[left - 1], pieces[random.below(left)]);
}

// What a file shows between its old end and a later write: zeros, or what stood on the disk before.
struct Gap {
  bool garbage = false;
  actors::SeededRandom& random;
  void fill(Content& content, std::size_t from, std::size_t to) {
    if (!garbage) return;
    for (std::size_t at = from; at < to; ++at) content[at] = static_cast<std::byte>(random.below(256));
  }
};

void put(Content& content, const Piece& piece, Gap& gap) {
  const auto at = static_cast<std::size_t>(piece.at);
  if (piece.bytes == nullptr) {
    content.resize(at);
    return;
  }
  const std::size_t old = content.size();
  if (old < at + piece.size) content.resize(at + piece.size);
  if (old < at) gap.fill(content, old, at);
  std::memcpy(content.data() + at, piece.bytes, piece.size);
}

void cut_into_sectors(const DiskOperation& write, const std::byte* bytes, std::vector<Piece>& pieces) {
  std::int64_t at = write.at;
  const std::int64_t end = write.at + static_cast<std::int64_t>(write.size);
  while (at < end) {
    const std::int64_t next = std::min(end, (at / sector_bytes + 1) * sector_bytes);
    pieces.push_back({at, bytes + (at - write.at), static_cast<std::size_t>(next - at)});
    at = next;
  }
}

}  // namespace

std::uint32_t DiskLog::open(DiskName name) {
  const std::lock_guard guard{mutex_};
  auto& named = named_[static_cast<std::size_t>(name)];
  if (named) return *named;
  named = files_++;
  operations_.push_back({DiskOperation::Kind::create, name, *named, 0, 0, 0});
  return *named;
}

void DiskLog::write(std::uint32_t file, const void* bytes, std::size_t size, std::int64_t at) {
  const std::lock_guard guard{mutex_};
  const auto* from = static_cast<const std::byte*>(bytes);
  operations_.push_back({DiskOperation::Kind::write, {}, file, at, bytes_.size(), size});
  bytes_.insert(bytes_.end(), from, from + size);
}

void DiskLog::truncate(std::uint32_t file, std::int64_t size) {
  const std::lock_guard guard{mutex_};
  operations_.push_back({DiskOperation::Kind::truncate, {}, file, size, 0, 0});
}

void DiskLog::sync(std::uint32_t file) {
  const std::lock_guard guard{mutex_};
  operations_.push_back({DiskOperation::Kind::sync, {}, file, 0, 0, 0});
}

void DiskLog::sync_directory() {
  const std::lock_guard guard{mutex_};
  operations_.push_back({DiskOperation::Kind::sync_directory, {}, 0, 0, 0, 0});
}

void DiskLog::remove(DiskName name) {
  const std::lock_guard guard{mutex_};
  auto& named = named_[static_cast<std::size_t>(name)];
  if (!named) return;
  operations_.push_back({DiskOperation::Kind::remove, name, *named, 0, 0, 0});
  named.reset();
}

std::size_t DiskLog::size() const {
  const std::lock_guard guard{mutex_};
  return operations_.size();
}

void DiskReplay::advance(std::size_t operations) {
  for (; done_ < operations && done_ < log_.operations().size(); ++done_) {
    const DiskOperation& operation = log_.operations()[done_];
    if (operation.file >= files_.size()) files_.resize(operation.file + 1);
    File& file = files_[operation.file];
    switch (operation.kind) {
      case DiskOperation::Kind::create:
      case DiskOperation::Kind::remove: names_.push_back(&operation); break;
      case DiskOperation::Kind::write:
      case DiskOperation::Kind::truncate: file.unsynced.push_back(&operation); break;
      case DiskOperation::Kind::sync: {
        if (ignore_syncs_) break;
        actors::SeededRandom unused{0};
        Gap zeros{false, unused};
        for (const DiskOperation* each : std::exchange(file.unsynced, {}))
          put(file.synced,
              {each->at, each->kind == DiskOperation::Kind::write ? log_.bytes().data() + each->bytes : nullptr,
               each->size},
              zeros);
        break;
      }
      case DiskOperation::Kind::sync_directory:
        if (!ignore_syncs_) names_synced_ = names_.size();
        break;
    }
  }
}

Content DiskReplay::content_of(const File& file, actors::SeededRandom& random) const {
  std::vector<Piece> pieces;
  for (const DiskOperation* each : file.unsynced) {
    if (each->kind == DiskOperation::Kind::write) cut_into_sectors(*each, log_.bytes().data() + each->bytes, pieces);
    else pieces.push_back({each->at, nullptr, 0});
  }
  // From nothing to nearly all, so that both ends are common; and in order as often as not.
  const std::array shares{0.0, 0.02, 0.2, 0.5, 0.9, 0.99, 1.0};
  const double share = shares[random.below(shares.size())];
  if (random.chance(0.5)) shuffle(pieces, random);
  Content content = file.synced;
  Gap gap{random.chance(0.3), random};
  for (const Piece& piece : pieces)
    if (random.chance(share)) put(content, piece, gap);
  return content;
}

DiskImage DiskReplay::image(actors::SeededRandom& random) const {
  DiskImage image;
  const std::size_t names = names_synced_ + random.below(names_.size() - names_synced_ + 1);
  std::array<std::optional<std::uint32_t>, disk_names> named;
  for (std::size_t at = 0; at < names; ++at) {
    auto& slot = named[static_cast<std::size_t>(names_[at]->name)];
    if (names_[at]->kind == DiskOperation::Kind::create) slot = names_[at]->file;
    else slot.reset();
  }
  for (std::size_t name = 0; name < disk_names; ++name)
    if (named[name]) image[name] = content_of(files_[*named[name]], random);
  return image;
}

}  // namespace commonbook::sim::crash
