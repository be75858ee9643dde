// One HTTP POST, by libcurl: bounded in time and size, without redirections, proxies or cookies.
#pragma once
#include "commonbook/model/result.hpp"

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>

namespace commonbook::agents {

struct HttpPost {
  std::string url;   ///< http or https
  std::string body;  ///< JSON
  std::chrono::milliseconds timeout{60'000};
  std::size_t answer_bytes_max = 1u << 20;
  std::shared_ptr<const std::atomic<bool>> stop;  ///< may be null
};

/// @returns  the body of an answer with status 200.
/// @errors   timeout, cancelled, too_large; busy: no connection, or another status.
/// @thread   any that may block.
[[nodiscard]] Result<std::string> post(const HttpPost& request);

}  // namespace commonbook::agents
