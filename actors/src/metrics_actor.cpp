#include "metrics_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

namespace commonbook::actors {

namespace {

constexpr std::chrono::seconds intake_patience{5};

caf::behavior metrics_behavior(caf::stateful_actor<MetricsState>* self, const IntakeInside& intake,
                               const FileFigures& file, const WatchOptions& watch) {
  set_quiet_handlers(self);
  if (watch.period.count() > 0) self->delayed_send(self, watch.period, tick_atom_v);
  return {
      [self, file](batch_atom, const BatchFigures& figures) {
        self->state.add(figures);
        self->state.note_wal(file);
      },
      [self](restart_atom) { self->state.add_restart(); },
      [self](failed_atom, const Error& cause) { self->state.note_stop(cause); },
      [self, file, watch](tick_atom) {
        self->state.watch(file, watch.stall);
        self->delayed_send(self, watch.period, tick_atom_v);
      },
      [self, intake, file](sample_atom) -> caf::result<RuntimeMetrics> {
        auto promise = self->make_response_promise<RuntimeMetrics>();
        self->request(intake, intake_patience, sample_atom_v)
            .then([self, file, promise](const IntakeSample& sample) mutable {
                    promise.deliver(self->state.sample(sample, file));
                  },
                  [promise](caf::error& failure) mutable { promise.deliver(std::move(failure)); });
        return caf::delegated<RuntimeMetrics>{};
      },
      [self](stop_atom) { self->quit(); },
  };
}

}  // namespace

void MetricsState::add(const BatchFigures& figures) {
  wait_.add(figures.wait);
  commit_.add(figures.commit);
  ++batches_;
  commits_ += figures.transactions;
  triples_ += figures.triples;
  batch_observations_max_ = std::max<std::uint64_t>(batch_observations_max_, figures.observations);
  batch_triples_max_ = std::max<std::uint64_t>(batch_triples_max_, figures.triples);
}

void MetricsState::note_wal(const FileFigures& file) {
  if (!file.log_bytes) return;
  wal_bytes_max_ = std::max(wal_bytes_max_, file.log_bytes());
}

void MetricsState::note_stop(const Error& cause) {
  if (stopped_.empty()) stopped_ = commonbook::to_string(cause);
}

void MetricsState::watch(const FileFigures& file, std::chrono::milliseconds stall) {
  RuntimeMetrics now;
  file.all(now);
  const bool is_stalled = !now.gate_holder.empty() && now.gate_without_a_step >= stall;
  if (is_stalled && !is_stalled_) {
    ++stalls_;
    last_stall_ = now.gate_holder + " has held the write gate for " + std::to_string(now.gate_without_a_step.count()) +
                  " ms without a step; waiting:";
    for (const std::string& waiting : now.gate_waiting) last_stall_ += " " + waiting;
    if (now.gate_waiting.empty()) last_stall_ += " nobody";
    spdlog::error("{}", last_stall_);
  }
  is_stalled_ = is_stalled;
}

RuntimeMetrics MetricsState::sample(const IntakeSample& intake, const FileFigures& file) {
  RuntimeMetrics metrics;
  file.all(metrics);
  wal_bytes_max_ = std::max(wal_bytes_max_, metrics.wal_bytes);
  metrics.intake = intake.counters;
  metrics.acknowledge = intake.acknowledge;
  metrics.answer = intake.answer;
  metrics.queue_depth_max = intake.queue_depth_max;
  metrics.questions = intake.questions;
  metrics.wait = wait_.figures();
  metrics.commit = commit_.figures();
  metrics.commits = commits_;
  metrics.batch_observations_max = batch_observations_max_;
  metrics.batch_triples_max = batch_triples_max_;
  metrics.batch_triples_mean = batches_ == 0 ? 0 : static_cast<double>(triples_) / static_cast<double>(batches_);
  metrics.wal_bytes_max = wal_bytes_max_;
  metrics.restarts = restarts_;
  metrics.stopped = stopped_;
  metrics.stalls = stalls_;
  metrics.last_stall = last_stall_;
  return metrics;
}

caf::actor spawn_metrics(caf::actor_system& system, const IntakeInside& intake, const FileFigures& file,
                         const WatchOptions& watch) {
  return system.spawn(metrics_behavior, intake, file, watch);
}

}  // namespace commonbook::actors
