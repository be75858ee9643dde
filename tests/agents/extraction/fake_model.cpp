#include "fake_model.hpp"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include <array>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace commonbook::testing {
namespace {

/// True once there is something to read; false when the server ends first.
bool wait_readable(int descriptor, const std::atomic<bool>& ending) {
  while (!ending.load()) {
    pollfd input{descriptor, POLLIN, 0};
    if (::poll(&input, 1, 20) > 0) return true;
  }
  return false;
}

}  // namespace

FakeModel::FakeModel(std::function<Reply(const std::string&)> reply) : reply_(std::move(reply)) {
  listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
  REQUIRE(::listen(listener_, 16) == 0);
  socklen_t size = sizeof address;
  REQUIRE(::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
  port_ = ntohs(address.sin_port);
  server_ = std::thread{[this] { serve(); }};
}

FakeModel::~FakeModel() {
  ending_.store(true);
  server_.join();
  for (std::thread& connection : connections_) connection.join();
  ::close(listener_);
}

std::string FakeModel::url() const { return "http://127.0.0.1:" + std::to_string(port_) + "/v1/chat/completions"; }

void FakeModel::serve() {
  while (wait_readable(listener_, ending_)) {
    const int connection = ::accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) continue;
    const std::lock_guard guard{mutex_};
    connections_.emplace_back([this, connection] { answer(connection); });
  }
}

void FakeModel::answer(int connection) {
  std::string request;
  std::array<char, 65536> bytes{};
  std::size_t body = std::string::npos;
  std::size_t wanted = 0;
  while (body == std::string::npos || request.size() < body + wanted) {
    if (!wait_readable(connection, ending_)) break;
    const ssize_t count = ::recv(connection, bytes.data(), bytes.size(), 0);
    if (count <= 0) break;
    request.append(bytes.data(), static_cast<std::size_t>(count));
    const std::size_t end = request.find("\r\n\r\n");
    if (body != std::string::npos || end == std::string::npos) continue;
    body = end + 4;
    const std::size_t length = request.find("Content-Length: ");
    wanted = length == std::string::npos ? 0 : std::stoul(request.substr(length + 16));
    if (request.find("Expect: 100-continue") != std::string::npos) {
      const std::string go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      ::send(connection, go_on.data(), go_on.size(), MSG_NOSIGNAL);
    }
  }
  ++requests_;
  const int now = ++at_once_;
  for (int most = at_once_max_.load(); now > most && !at_once_max_.compare_exchange_weak(most, now);) {
  }
  const Reply reply = reply_(body == std::string::npos ? std::string{} : request.substr(body));
  --at_once_;
  if (reply.hangs) {
    while (!ending_.load()) static_cast<void>(wait_readable(listener_, ending_));
  } else {
    const std::string answer = "HTTP/1.1 " + std::to_string(reply.status) +
                               " X\r\nContent-Length: " + std::to_string(reply.body.size()) +
                               "\r\nConnection: close\r\n\r\n" + reply.body;
    ::send(connection, answer.data(), answer.size(), MSG_NOSIGNAL);
  }
  ::close(connection);
}

std::string completion(const std::string& facts) {
  const nlohmann::json answer = {
      {"choices",
       nlohmann::json::array({{{"message", {{"role", "assistant"}, {"content", "{\"facts\":" + facts + "}"}}}}})}};
  return answer.dump();
}

}  // namespace commonbook::testing
