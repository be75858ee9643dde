#include "metrics_actor.hpp"

#include <algorithm>

namespace commonbook::actors {

namespace {

constexpr std::chrono::seconds intake_patience{5};

caf::behavior metrics_behavior(caf::stateful_actor<MetricsState>* self, const IntakeInside& intake,
                               const FileFigures& file) {
  set_quiet_handlers(self);
  return {
      [self, file](batch_atom, const BatchFigures& figures) {
        self->state.add(figures);
        self->state.note_wal(file);
      },
      [self](restart_atom) { self->state.add_restart(); },
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
  RuntimeMetrics now;
  file(now);
  wal_bytes_max_ = std::max(wal_bytes_max_, now.wal_bytes);
}

RuntimeMetrics MetricsState::sample(const IntakeSample& intake, const FileFigures& file) {
  RuntimeMetrics metrics;
  file(metrics);
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
  return metrics;
}

caf::actor spawn_metrics(caf::actor_system& system, const IntakeInside& intake, const FileFigures& file) {
  return system.spawn(metrics_behavior, intake, file);
}

}  // namespace commonbook::actors
