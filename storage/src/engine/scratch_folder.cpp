#include "engine/scratch_folder.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string>

namespace commonbook::storage {

Result<std::unique_ptr<ScratchFolder>> ScratchFolder::make(const std::filesystem::path& parent) {
  std::string name = (parent / ".commonbook-scratch-XXXXXX").string();
  if (::mkdtemp(name.data()) == nullptr) {
    const int number = errno;
    ErrorCode code = ErrorCode::io;
    if (number == EACCES || number == EPERM || number == EROFS) code = ErrorCode::read_only;
    if (number == ENOSPC || number == EDQUOT) code = ErrorCode::disk_full;
    return Error{.code = code,
                 .message = "no scratch folder can be made in " + parent.string() + ": " + std::strerror(number),
                 .sqlite_code = 0,
                 .retry_after = {}};
  }
  std::error_code problem;
  std::filesystem::path real = std::filesystem::canonical(name, problem);
  if (problem) real = name;
  return std::unique_ptr<ScratchFolder>{new ScratchFolder{std::move(real)}};
}

ScratchFolder::~ScratchFolder() {
  std::error_code ignored;  // what can't be removed is left in a folder that says what it is
  std::filesystem::remove_all(path_, ignored);
}

}  // namespace commonbook::storage
