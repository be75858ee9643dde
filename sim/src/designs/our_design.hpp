// Our own runtime behind the interface of the designs: the product itself, through its public face, not a copy.
#pragma once
#include "commonbook/actors/runtime.hpp"
#include "commonbook/sim/design.hpp"

#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

namespace commonbook::sim {

/// How the observations of the workload are told from those of find-or-create when a closed file is audited.
/// @param lines  as asked for. @param rows  distinct ones among them: an observation says a thing once.
[[nodiscard]] std::string item_position(std::uint64_t number, std::size_t lines, std::size_t rows);

struct ItemPosition {
  std::uint64_t number = 0;
  std::uint64_t lines = 0;
  std::uint64_t rows = 0;
};
/// @returns  nullopt for a position that item_position() did not write.
[[nodiscard]] std::optional<ItemPosition> read_item_position(const std::string& position);

/// One agent session. Each call waits for its answer, as the other designs' calls do.
class OurClient final : public DesignClient {
 public:
  OurClient(actors::AgentSession session, AckClass ack_class) : session_(std::move(session)), ack_class_(ack_class) {}

  /// Asks first, and observes only where the name is not there: as every design here looks first.
  Result<Created> find_or_create(const std::string& spelling, Clock::SteadyPoint deadline) override;
  Result<std::optional<std::int64_t>> look_up(const std::string& spelling, Clock::SteadyPoint deadline) override;
  /// One observation. @errors unknown: no answer by the deadline, outcome open.
  Result<void> store(const WorkItem& item, Clock::SteadyPoint deadline) override;
  Result<std::int64_t> read(const std::string& spelling, Clock::SteadyPoint deadline) override;

 private:
  Result<Receipt> observe(Observation observation, Clock::SteadyPoint deadline);
  Result<Answer> ask(QueryPlan plan, Clock::SteadyPoint deadline);

  actors::AgentSession session_;
  AckClass ack_class_;
};

class OurDesign final : public Design {
 public:
  /// @errors  those of Runtime::start(). @thread any; blocks while the file is opened.
  static Result<std::unique_ptr<Design>> open(const DesignChoice& choice, const std::filesystem::path& file);

  Result<std::unique_ptr<DesignClient>> open_client(std::size_t thread, Clock::SteadyPoint deadline) override;
  [[nodiscard]] std::uint64_t fallbacks() const override;
  /// @errors  internal: something was still open when the drain's time was over.
  Result<void> close() override;

 private:
  OurDesign(std::unique_ptr<actors::Runtime> runtime, AckClass ack_class)
      : runtime_(std::move(runtime)), ack_class_(ack_class) {}
  std::unique_ptr<actors::Runtime> runtime_;
  AckClass ack_class_;
  mutable std::mutex mutex_;  // guards closed_fallbacks_
  std::optional<std::uint64_t> closed_fallbacks_;
};

}  // namespace commonbook::sim
