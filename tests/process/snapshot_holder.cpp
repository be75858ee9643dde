// A process that reads a book and does not stop: opens the file, holds one snapshot until its standard input ends.
//   snapshot_holder FILE
#include "commonbook/storage/reader.hpp"

#include <unistd.h>

using namespace commonbook;

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const SystemClock clock;
  const auto deadline = clock.steady_now() + std::chrono::seconds{20};
  storage::BookOptions options;
  options.path = argv[1];
  auto book = storage::Book::open(options, clock, deadline);
  if (!book) return 1;
  auto reader = storage::Reader::open(*book, deadline);
  if (!reader) return 1;
  const auto held = reader->hold_snapshot(deadline);
  if (!held) return 1;
  char byte = 0;
  while (::read(STDIN_FILENO, &byte, 1) > 0) {
  }
  return 0;
}
