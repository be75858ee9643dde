#include "import.hpp"

#include <gmime/gmime.h>

#include <memory>
#include <stdexcept>

#include <fcntl.h>

namespace commonbook::bench {
namespace {

struct Unref {
  void operator()(void* object) const { g_object_unref(object); }
};
template <class T>
using Owned = std::unique_ptr<T, Unref>;

void take_part(GMimeObject*, GMimeObject* part, gpointer into) {
  if (!GMIME_IS_TEXT_PART(part)) return;
  char* text = g_mime_text_part_get_text(GMIME_TEXT_PART(part));
  if (text != nullptr) static_cast<BareCount*>(into)->text_bytes += static_cast<std::int64_t>(std::char_traits<char>::length(text));
  g_free(text);
}

void take_message(GMimeMessage* message, BareCount& count) {
  for (InternetAddressList* list : {g_mime_message_get_from(message), g_mime_message_get_to(message), g_mime_message_get_cc(message)})
    count.people += internet_address_list_length(list);
  for (const char* text : {g_mime_message_get_subject(message), g_mime_message_get_message_id(message),
                           g_mime_object_get_header(GMIME_OBJECT(message), "References")})
    if (text != nullptr) count.text_bytes += static_cast<std::int64_t>(std::char_traits<char>::length(text));
  if (g_mime_message_get_date(message) == nullptr) throw std::runtime_error("GMime found a message without a date");
  g_mime_message_foreach(message, take_part, &count);
}

}  // namespace

BareCount read_with_gmime(const std::filesystem::path& mbox) {
  g_mime_init();
  const int descriptor = ::open(mbox.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) throw std::runtime_error(mbox.native() + " can't be read");
  const Owned<GMimeStream> stream{g_mime_stream_fs_new(descriptor)};
  const Owned<GMimeParser> parser{g_mime_parser_new_with_stream(stream.get())};
  g_mime_parser_set_format(parser.get(), GMIME_FORMAT_MBOX);
  BareCount count;
  while (g_mime_parser_eos(parser.get()) == 0) {
    const Owned<GMimeMessage> message{g_mime_parser_construct_message(parser.get(), nullptr)};
    if (message == nullptr) break;
    take_message(message.get(), count);
    ++count.documents;
  }
  return count;
}

}  // namespace commonbook::bench
