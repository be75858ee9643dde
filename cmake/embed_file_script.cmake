# Run by commonbook_embed(): writes a source file with the bytes of `input` to `output`.
file(READ "${input}" hexadecimal HEX)
string(REGEX REPLACE "(................................)" "\\1\n" lines "${hexadecimal}")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," bytes "${lines}")
file(WRITE "${output}" "// Generated from a file that is built in.
#include \"embedded/${name}.hpp\"

namespace commonbook::embedded {
namespace {
constexpr char bytes[] = {
${bytes}
};
}  // namespace
std::string_view ${name}() noexcept { return {bytes, sizeof bytes}; }
}  // namespace commonbook::embedded
")
