// Every step that storage marks is known to the reduction, and reached by some schedule.
#include "commonbook/testing/support.hpp"
#include "explorer_testing.hpp"

#include <fstream>
#include <iterator>

using namespace commonbook;
using namespace commonbook::sim;
using namespace commonbook::sim::testing;

namespace {

// Steps of work that no variant does: making a file, the pass that suggests, and what operators do.
bool is_of_other_work(const std::string& step) {
  for (const char* work : {"schema.", "suggest.", "copy.", "forget.", "import.", "migrate.", "repair.", "vacuum.", "identity."})
    if (step.rfind(work, 0) == 0) return true;
  return false;
}

// What stands between the quotes behind each `call` of a text.
void collect_names(const std::string& text, const std::string& call, std::set<std::string>& names) {
  for (std::size_t at = text.find(call); at != std::string::npos; at = text.find(call, at)) {
    at += call.size();
    names.insert(text.substr(at, text.find('"', at) - at));
  }
}

std::set<std::string> steps_in_sources() {
  std::set<std::string> steps;
  for (const auto& entry :
       std::filesystem::recursive_directory_iterator(commonbook::testing::source_folder() / "storage/src")) {
    if (entry.path().extension() != ".cpp") continue;
    std::ifstream file{entry.path()};
    const std::string text{std::istreambuf_iterator<char>{file}, {}};
    for (const char* call : {"yield_point(\"", "wait_point(\"", "wait_by_hook(lock, \""}) collect_names(text, call, steps);
  }
  std::erase_if(steps, is_of_other_work);
  return steps;
}

}  // namespace

TEST_CASE("every step that storage marks is reached by some schedule") {
  const auto steps = steps_in_sources();
  REQUIRE(steps.size() >= 30);
  std::set<std::string> reached;
  for (const VariantInfo& info : variants()) {
    for (const Shape shape : {Shape{2, 1}, Shape{1, 2}}) {
      ExploreOptions options;
      options.schedules_max = info.name == "read-checkpoint" ? 320 : 6;  // for the waits of both sides of the barrier
      for (const auto& [point, count] : explored(info.name, shape, options).points) reached.insert(point);
    }
  }
  for (const std::string& step : steps) {
    INFO(step);
    CHECK(reached.count(step) == 1);
  }
}

TEST_CASE("the reduction knows every step that storage marks") {
  auto variant = make_variant("commit-commit", 2, 1);
  REQUIRE(variant);
  for (const std::string& step : steps_in_sources()) {
    INFO(step);
    CHECK((*variant)->touched(0, step) != Touched{});
  }
  CHECK((*variant)->touched(0, "a step that nobody knows") == Touched{});
}
