// How much of one message is looked at: the figures of the threat model, checked before anything is allocated.
#pragma once
#include <cstddef>

namespace commonbook::agents {

struct MailLimits {
  std::size_t message_bytes_max = 64u << 20;  ///< raw; the rest of a longer message is dropped
  std::size_t header_fields_max = 1000;       ///< of one message or part
  std::size_t header_bytes_max = 64u << 10;   ///< of one message or part
  std::size_t parameters_max = 64;            ///< of one Content-Type or Content-Disposition (RFC 2231)
  std::size_t parameter_bytes_max = 4096;     ///< of the same: GMime's work is not linear in them
  std::size_t subject_bytes_max = 16u << 10;  ///< of the undecoded subject, for the same reason
  std::size_t date_bytes_max = 256;
  std::size_t boundary_bytes_max = 70;  ///< RFC 2046, 5.1.1
  std::size_t depth_max = 20;           ///< multipart within multipart
  std::size_t parts_max = 1000;
  std::size_t decoded_bytes_max = 32u << 20;  ///< all parts of one message together
  std::size_t text_bytes_max = 8u << 20;      ///< text of one message, as documents may carry it
  std::size_t attached_text_bytes_max = 256u << 10;  ///< of an attachment that becomes a document of its own
  std::size_t addresses_max = 1000;           ///< From, To and Cc together
  std::size_t references_max = 1000;          ///< of all References fields together
  std::size_t calendars_max = 20;          ///< text/calendar parts that are read
  std::size_t identifier_bytes_max = 998;  ///< of a Message-ID or an address: one line (RFC 5322, 2.1.1)
  std::size_t name_bytes_max = 512;        ///< of a display name or a file name
};

}  // namespace commonbook::agents
