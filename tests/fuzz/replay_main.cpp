// Runs a fuzz target over files: each argument is one, or a folder of them. For builds without libFuzzer.
#include "fuzz_support.hpp"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <vector>

namespace {

namespace fs = std::filesystem;

std::vector<fs::path> files_of(int count, char** arguments) {
  std::vector<fs::path> files;
  for (int at = 1; at < count; ++at) {
    if (!fs::is_directory(arguments[at])) {
      files.emplace_back(arguments[at]);
      continue;
    }
    for (const auto& entry : fs::directory_iterator{arguments[at]})
      if (entry.is_regular_file()) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

}  // namespace

int main(int count, char** arguments) {
  const std::vector<fs::path> files = files_of(count, arguments);
  if (files.empty()) {
    std::fprintf(stderr, "usage: %s FILE-OR-FOLDER...; there is no file to replay\n", arguments[0]);
    return 2;
  }
  for (const fs::path& file : files) {
    std::ifstream in{file, std::ios::binary};
    const std::vector<char> bytes{std::istreambuf_iterator<char>{in}, {}};
    std::fprintf(stderr, "%s\r", file.filename().c_str());  // the last one that is seen is the one that fails
    LLVMFuzzerTestOneInput(reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
  }
  std::printf("%zu inputs replayed\n", files.size());
  return 0;
}
