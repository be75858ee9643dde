// The example of README.md, as it stands there.
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <sstream>

// readme: begin
#include "commonbook/actors/runtime.hpp"

#include <iostream>

using namespace commonbook;

int remember(const std::filesystem::path& path) {
  actors::RuntimeOptions options;
  options.path = path;
  options.create = true;
  auto runtime = actors::Runtime::start(options);
  if (!runtime) return std::cerr << to_string(runtime.error()) << '\n', 1;
  auto session = (*runtime)->open_session("notes");
  if (!session) return std::cerr << to_string(session.error()) << '\n', 1;

  Observation observation;
  observation.triples = {{named("Ada Lovelace"), "wrote about", named("the Analytical Engine")}};
  const auto receipt = session->observe(observation).get();  // returns after COMMIT
  if (!receipt) return std::cerr << to_string(receipt.error()) << '\n', 1;

  QueryPlan plan;
  plan.names = {"ADA LOVELACE"};  // another spelling of the same name
  const auto answer = session->ask(plan).get();
  if (!answer) return std::cerr << to_string(answer.error()) << '\n', 1;
  for (const Fact& fact : answer->facts)
    if (const auto* object = std::get_if<EntityView>(&fact.object))
      std::cout << fact.subject.spelling << ' ' << fact.predicate << ' ' << object->spelling << '\n';
  return (*runtime)->shutdown().clean ? 0 : 1;
}
// readme: end

TEST_CASE("the example of the README stores a fact and finds it in another spelling") {
  const commonbook::testing::TemporaryFolder folder;
  std::ostringstream shown;
  std::streambuf* before = std::cout.rdbuf(shown.rdbuf());
  const int status = remember(folder.path() / "memory.db");
  std::cout.rdbuf(before);
  CHECK(status == 0);
  CHECK(shown.str() == "Ada Lovelace wrote about the Analytical Engine\n");
}
