#include "http_post.hpp"

#include <curl/curl.h>

namespace commonbook::agents {
namespace {

struct CurlDeleter {
  void operator()(CURL* handle) const noexcept { curl_easy_cleanup(handle); }
};
struct HeaderDeleter {
  void operator()(curl_slist* list) const noexcept { curl_slist_free_all(list); }
};

struct Answer {
  std::string body;
  std::size_t bytes_max = 0;
  bool too_large = false;
};

std::size_t take_bytes(char* bytes, std::size_t size, std::size_t count, void* target) {
  auto& answer = *static_cast<Answer*>(target);
  if (answer.body.size() + size * count > answer.bytes_max) {
    answer.too_large = true;
    return 0;  // libcurl ends the transfer
  }
  answer.body.append(bytes, size * count);
  return size * count;
}

/// Called by libcurl about once a second, and whenever bytes move.
int is_stopped(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  const auto* flag = static_cast<const std::atomic<bool>*>(stop);
  return flag != nullptr && flag->load() ? 1 : 0;
}

Error error_of(CURLcode code, const HttpPost& request, const Answer& answer) {
  if (answer.too_large)
    return {ErrorCode::too_large,
            request.url + " answered more than " + std::to_string(answer.bytes_max) + " bytes",
            0,
            {}};
  if (code == CURLE_ABORTED_BY_CALLBACK)
    return {ErrorCode::cancelled, "the request to " + request.url + " was stopped", 0, {}};
  if (code == CURLE_OPERATION_TIMEDOUT)
    return {ErrorCode::timeout,
            request.url + " did not answer within " + std::to_string(request.timeout.count()) + " ms",
            0,
            {}};
  return {ErrorCode::busy,
          request.url + " can't be reached (" + curl_easy_strerror(code) + "): start it, or change the URL",
          0,
          {}};
}

}  // namespace

Result<std::string> post(const HttpPost& request) {
  const std::unique_ptr<CURL, CurlDeleter> handle{curl_easy_init()};
  if (!handle) return Error{ErrorCode::out_of_memory, "libcurl can't be started", 0, {}};
  const std::unique_ptr<curl_slist, HeaderDeleter> headers{
      curl_slist_append(nullptr, "Content-Type: application/json")};
  Answer answer{{}, request.answer_bytes_max, false};
  const auto set = [&](CURLoption option, auto value) { curl_easy_setopt(handle.get(), option, value); };
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_PROXY, "");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(request.timeout.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(request.timeout.count()));
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_POSTFIELDS, request.body.c_str());
  set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
  set(CURLOPT_WRITEFUNCTION, &take_bytes);
  set(CURLOPT_WRITEDATA, &answer);
  set(CURLOPT_NOPROGRESS, 0L);
  set(CURLOPT_XFERINFOFUNCTION, &is_stopped);
  set(CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(request.stop.get()));
  const CURLcode code = curl_easy_perform(handle.get());
  if (code != CURLE_OK) return error_of(code, request, answer);
  long status = 0;
  curl_easy_getinfo(handle.get(), CURLINFO_RESPONSE_CODE, &status);
  if (status != 200)
    return Error{ErrorCode::busy,
                 request.url + " answered with status " + std::to_string(status) + ": " + answer.body.substr(0, 200),
                 0,
                 {}};
  return std::move(answer.body);
}

}  // namespace commonbook::agents
