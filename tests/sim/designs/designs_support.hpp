// What the tests of the designs share: opened designs, and an embedder that lets another one go first.
#pragma once
#include "commonbook/sim/design.hpp"
#include "commonbook/storage/similarity.hpp"
#include "commonbook/testing/support.hpp"
#include "naive_design.hpp"

#include <catch2/catch.hpp>

#include <functional>
#include <memory>
#include <string>
#include <utility>

namespace commonbook::sim {

/// Stands between the look-ups and the insert of a naive design: runs what the test gave it, once.
class Interloper final : public storage::Embedder {
 public:
  void next(std::function<void()> work) { work_ = std::move(work); }
  [[nodiscard]] Result<storage::Embedding> embed(std::string_view name) const override {
    if (const auto work = std::exchange(work_, nullptr)) work();
    return storage::ngram_embedder()->embed(name);
  }

 private:
  mutable std::function<void()> work_;
};

inline DesignAxes axes_of(const std::string& name) {
  const auto choice = preset(name);
  REQUIRE(choice);
  return choice->axes;
}

/// A naive design with one client, as one process has it.
struct OneProcess {
  std::shared_ptr<Interloper> interloper = std::make_shared<Interloper>();
  std::unique_ptr<NaiveDesign> design;
  std::unique_ptr<DesignClient> client;

  OneProcess(const std::filesystem::path& file, const DesignAxes& axes) {
    auto opened = NaiveDesign::open({file, {axes, AckClass::applied}, interloper}, testing::soon());
    if (!opened) FAIL(to_string(opened.error()));
    design = std::move(*opened);
    client = another();
  }
  std::unique_ptr<DesignClient> another() {
    auto made = design->open_client(1, testing::soon());
    if (!made) FAIL(to_string(made.error()));
    return std::move(*made);
  }
};

inline Audit audit_of(const DesignChoice& choice, const std::filesystem::path& file) {
  auto found = audit(choice, file, testing::soon());
  if (!found) FAIL(to_string(found.error()));
  return std::move(*found);
}

/// The audit of a naive file: all naive designs have the same tables.
inline Audit audit_of(const std::filesystem::path& file) { return audit_of(DesignChoice{}, file); }

inline Created created_by(DesignClient& client, const std::string& spelling) {
  const auto created = client.find_or_create(spelling, testing::soon());
  if (!created) FAIL(to_string(created.error()));
  return *created;
}

inline int code_of(const Result<Created>& result) { return result ? 0 : result.error().sqlite_code; }

}  // namespace commonbook::sim
