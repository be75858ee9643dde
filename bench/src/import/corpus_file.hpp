// Writes a generated file once: under another name first, its count of documents beside it, so that a file of that name
// is whole.
#pragma once
#include "corpus.hpp"

#include <fstream>
#include <stdexcept>

namespace commonbook::bench {

/// @param write  writes the documents and returns how many they are.
template <class Write>
Corpus make_corpus_file(const std::filesystem::path& path, Write write) {
  const std::filesystem::path count_path{path.native() + ".documents"};
  Corpus made{path, 0, 0};
  if (!std::filesystem::exists(path)) {
    const std::filesystem::path unfinished{path.native() + ".unfinished"};
    std::ofstream file{unfinished, std::ios::binary | std::ios::trunc};
    const std::int64_t documents = write(file);
    file.close();
    std::ofstream{count_path} << documents << '\n';
    if (!file) throw std::runtime_error(path.native() + " can't be written");
    std::filesystem::rename(unfinished, path);
  }
  std::ifstream{count_path} >> made.documents;
  made.bytes = static_cast<std::int64_t>(std::filesystem::file_size(path));
  return made;
}

}  // namespace commonbook::bench
