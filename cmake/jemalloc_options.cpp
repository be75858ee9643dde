// How jemalloc is set in the programs that link it: it looks for this name. Pages that were freed go back to the system after
// a second instead of ten, so that an import's memory does not grow with what passed through it.
extern "C" {
extern const char* const malloc_conf;
const char* const malloc_conf = "dirty_decay_ms:1000,muzzy_decay_ms:0";
}
