#include "new_file.hpp"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <unistd.h>

namespace commonbook::apps {

namespace {

Error failed(std::string_view doing, const std::string& path) {
  const int number = errno;
  ErrorCode code = ErrorCode::io;
  if (number == ENOSPC || number == EDQUOT) code = ErrorCode::disk_full;
  if (number == EACCES || number == EPERM || number == EROFS) code = ErrorCode::read_only;
  if (number == EEXIST) code = ErrorCode::already_exists;
  if (number == ENOENT) code = ErrorCode::not_found;
  return {code, std::string{doing} + " " + path + ": " + std::strerror(number), 0, {}};
}

}  // namespace

Result<NewFile> NewFile::create(const std::filesystem::path& path) {
  if (::access(path.c_str(), F_OK) == 0)
    return Error{ErrorCode::already_exists, path.string() + " is there already: choose another name", 0, {}};
  std::string partial = path.string() + ".partial-" + std::to_string(::getpid());
  const int descriptor = ::open(partial.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return failed("making", partial);
  std::FILE* file = ::fdopen(descriptor, "w");
  if (file == nullptr) {
    const Error error = failed("writing", partial);
    ::close(descriptor);
    ::unlink(partial.c_str());
    return error;
  }
  return NewFile{path, std::move(partial), file};
}

NewFile::~NewFile() {
  if (file_) ::unlink(partial_.c_str());
}

Result<void> NewFile::write(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()) return {};
  return failed("writing", partial_);
}

Result<void> NewFile::keep() {
  if (std::fflush(file_.get()) != 0 || ::fsync(::fileno(file_.get())) != 0) return failed("syncing", partial_);
  int renamed = ::renameat2(AT_FDCWD, partial_.c_str(), AT_FDCWD, path_.c_str(), RENAME_NOREPLACE);
  if (renamed != 0 && (errno == EINVAL || errno == ENOSYS)) {
    // A file system without that flag: a link fails where the name is taken.
    renamed = ::link(partial_.c_str(), path_.c_str());
    if (renamed == 0) ::unlink(partial_.c_str());
  }
  if (renamed != 0) return failed("naming", path_.string());
  file_.reset();
  const std::string folder = path_.has_parent_path() ? path_.parent_path().string() : ".";
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) return failed("opening", folder);
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  return synced ? Result<void>{} : failed("syncing", folder);
}

}  // namespace commonbook::apps
