#include "engine/file_system.hpp"

#include <array>

namespace commonbook::storage {

namespace {

struct Known {
  std::uint64_t type;
  FileSystem file_system;
};

// Numbers of linux/magic.h and of the drivers that do not list theirs there.
constexpr std::array known{
    Known{0xEF53, {FileSystemKind::local, "ext"}},
    Known{0x58465342, {FileSystemKind::local, "xfs"}},
    Known{0x9123683E, {FileSystemKind::local, "btrfs"}},
    Known{0x2FC12FC1, {FileSystemKind::local, "zfs"}},
    Known{0x01021994, {FileSystemKind::local, "tmpfs"}},
    Known{0x858458F6, {FileSystemKind::local, "ramfs"}},
    Known{0xF2F52010, {FileSystemKind::local, "f2fs"}},
    Known{0xCA451A4E, {FileSystemKind::local, "bcachefs"}},
    Known{0x794C7630, {FileSystemKind::layered, "overlay"}},
    Known{0x6969, {FileSystemKind::network, "nfs"}},
    Known{0x517B, {FileSystemKind::network, "smb"}},
    Known{0xFF534D42, {FileSystemKind::network, "cifs"}},
    Known{0xFE534D42, {FileSystemKind::network, "smb2"}},
    Known{0x01021997, {FileSystemKind::network, "9p"}},
    Known{0x65735546, {FileSystemKind::network, "fuse or virtiofs"}},
    Known{0x00C36400, {FileSystemKind::network, "ceph"}},
    Known{0x5346414F, {FileSystemKind::network, "afs"}},
    Known{0x73757245, {FileSystemKind::network, "coda"}},
    Known{0x786F4256, {FileSystemKind::network, "vboxsf"}},
    Known{0x01161970, {FileSystemKind::network, "gfs2"}},
    Known{0x7461636F, {FileSystemKind::network, "ocfs2"}},
    Known{0x0BD00BD0, {FileSystemKind::network, "lustre"}},
};

}  // namespace

FileSystem file_system_of(std::uint64_t type) noexcept {
  for (const Known& entry : known) {
    if (entry.type == type) return entry.file_system;
  }
  return {};
}

}  // namespace commonbook::storage
