// What the crash runner starts in tests: `crash_worker PROCESS FILE`.
#include "commonbook/sim/crash.hpp"

int main(int argument_count, char** arguments) {
  return commonbook::sim::run_crash_worker({arguments + 1, arguments + argument_count});
}
