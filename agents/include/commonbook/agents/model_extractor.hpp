// Knowledge from text by a language model that answers HTTP on this machine: chat completions as OpenAI defined them
// and Ollama, llama.cpp and others serve them. Off unless a configuration asks for it. What the model says is believed
// no further than a stranger's mail, names the model, and must quote the text.
#pragma once
#include "commonbook/agents/extractor.hpp"

#include <atomic>
#include <chrono>
#include <memory>
#include <string>

namespace commonbook::agents {

struct ModelOptions {
  std::string url = "http://127.0.0.1:11434/v1/chat/completions";
  std::string model;                          ///< as the server knows it, e.g. "llama3.2"; not empty
  std::chrono::milliseconds timeout{60'000};  ///< of one request, connection included
  std::size_t requests_max = 2;               ///< at one time
  std::size_t waiting_max = 64;               ///< documents that wait for a request; the source waits beyond it
  std::size_t text_bytes_max = 16u << 10;     ///< of a document; the rest is not shown to the model
  double confidence_max = 0.7;                ///< whatever the model says of itself
};

/// One request a document. Facts whose quotation does not stand in the text, or whose predicate is one of ours but "is"
/// and "will", are left out.
/// @param stop  set from any thread: a request that is under way ends within a second, with `cancelled`.
/// @errors of extract()  timeout; busy: nobody answers there, or with another status than 200; parse_error: the
///         answer is not as the schema says; too_large: more than 1 MiB; cancelled.
/// @thread of extract()  blocks up to `timeout`: an actor's own thread, never a pool's.
/// @errors  invalid_argument: no http or https URL, no model.
[[nodiscard]] Result<std::unique_ptr<Extractor>> make_model_extractor(const ModelOptions& options,
                                                                      std::shared_ptr<const std::atomic<bool>> stop);

/// Documents on their way from the source that reads them to the sources that ask the model.
class ExtractionQueue;
/// @param waiting_max  1 or more.
[[nodiscard]] std::shared_ptr<ExtractionQueue> make_extraction_queue(std::size_t waiting_max);
/// Gives each item of `source` on, and a copy of what there is to read in it to `queue`. While the queue is full it has
/// nothing (more_may_come()). At its end, or its destruction, the queue ends too.
[[nodiscard]] std::unique_ptr<Source> queueing(std::unique_ptr<Source> source, std::shared_ptr<ExtractionQueue> queue);
/// What `extractor` finds in the queue's documents. Several may take from one queue, each for an agent of its own: so
/// many requests run at one time. Ends with the queue. An extraction that fails is an error of next(), and the
/// document's only attempt.
[[nodiscard]] std::unique_ptr<Source> extracted_from(std::shared_ptr<ExtractionQueue> queue,
                                                     std::unique_ptr<Extractor> extractor, std::string agent);

}  // namespace commonbook::agents
