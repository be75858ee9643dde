#include "names.hpp"

#include <limits>
#include <utility>

namespace commonbook::sim::runner {

namespace {

std::unique_ptr<agents::Source> open_names(agents::SyntheticOptions options, std::uint64_t seed) {
  options.seed = seed;
  options.observations = std::numeric_limits<std::int64_t>::max();
  options.triples_min = options.triples_max = 8;
  options.document_words = 0;
  options.variants /= 2;  // the other half is spelled roughly, below
  return agents::open_synthetic(options);
}

/// In the alphabet that all spellings share: what lies outside it keeps its form.
std::string in_capitals(std::string name) {
  for (char& letter : name)
    if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  return name;
}

std::string in_small_letters(std::string name) {
  for (char& letter : name)
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  return name;
}

}  // namespace

Names::Names(const agents::SyntheticOptions& options, std::uint64_t seed)
    : source_(open_names(options, seed)), engine_(seed), variants_(options.variants) {}

bool Names::happens(double odds) {
  constexpr std::uint64_t parts = 1'000'000;
  return engine_() % parts < static_cast<std::uint64_t>(odds * static_cast<double>(parts));
}

std::string Names::spell_roughly(std::string name) {
  return engine_() % 2 == 0 ? in_capitals(std::move(name)) : " " + in_small_letters(std::move(name)) + " ";
}

std::string Names::next() {
  while (waiting_.empty()) {
    auto item = source_->next();
    if (!item || !*item) break;  // neither can be: it is endless, and made up
    for (Triple& triple : (*item)->observation.triples) {
      waiting_.push_back(std::move(triple.subject.key.value));
      if (auto* object = std::get_if<EntityName>(&triple.object)) waiting_.push_back(std::move(object->key.value));
    }
  }
  std::string name = std::move(waiting_.front());
  waiting_.pop_front();
  return happens(variants_ / 2) ? spell_roughly(std::move(name)) : name;
}

std::string Names::next_of_one() {
  static constexpr const char* spellings[] = {"ACME", " acme ", "aCME", "Acme"};
  return happens(variants_) ? spellings[engine_() % std::size(spellings)] : "Acme";
}

}  // namespace commonbook::sim::runner
