// Sources that stay: they give all that lies below their paths, and then what is written or moved there, until they are
// let go. Read again is a whole file; what was stored before is known by its operation id and stored once.
#pragma once
#include "commonbook/agents/source.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace commonbook::agents {

/// How changed files are read.
struct FollowOptions {
  std::function<Result<std::unique_ptr<Source>>(const std::vector<std::filesystem::path>&)> open;
  std::function<bool(const std::filesystem::path&)> wants;  ///< false: a changed file is passed over
};

/// Files count once they are closed after writing, or moved in; what goes away before it is read is passed over.
/// next() never waits: nullopt while nothing is new, and more_may_come() stays true unless the kernel can't tell of
/// changes any more, which next() reports once.
/// @errors  not_found: a path does not exist. io: the kernel has no watch left.
Result<std::unique_ptr<Source>> following(const std::vector<std::filesystem::path>& paths, FollowOptions options);
/// Calendar files and folders of them, as open_calendars() reads them.
Result<std::unique_ptr<Source>> follow_calendars(const std::vector<std::filesystem::path>& paths,
                                                 const std::string& agent);
/// Maildirs, mailboxes and messages, as open_mail() reads them.
Result<std::unique_ptr<Source>> follow_mail(const std::vector<std::filesystem::path>& paths, const std::string& agent);

}  // namespace commonbook::agents
