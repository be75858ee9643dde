// What the runner starts in these tests: `runner_worker sim worker FILE`.
#include "commonbook/sim/runner.hpp"

int main(int argument_count, char** arguments) {
  return commonbook::sim::run_worker({arguments + 3, arguments + argument_count});
}
