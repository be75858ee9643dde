// What header fields mean: addresses, encoded words, dates, identifiers, media types. The grammar is GMime's
// (RFC 5322, 2047, 2231), in its lenient mode; character sets off our list never reach a converter.
#pragma once
#include "mail_message_limits.hpp"

#include "commonbook/agents/mail_message.hpp"
#include "commonbook/model/clock.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

struct _GMimeParserOptions;

namespace commonbook::agents {

/// Content-Type and Content-Disposition of one part, as far as we use them.
struct PartType {
  std::string media_type = "text/plain";  ///< in lower case
  std::string boundary;
  std::string charset;
  std::string file_name;    ///< filename of the disposition, else name of the type; decoded
  std::string disposition;  ///< in lower case, e.g. "attachment"; empty: none
};

/// Reads header values. Cheap to make; not shared between threads.
class HeaderReader {
 public:
  explicit HeaderReader(const MailLimits& limits);

  /// Groups are flattened. Where there is a name but no address, the name stands alone. At most `count_max`: what
  /// follows is not even looked at.
  [[nodiscard]] std::vector<MailAddress> addresses(std::string_view value, std::size_t count_max) const;
  /// Encoded words decoded, white space squeezed.
  [[nodiscard]] std::string text(std::string_view value) const;
  /// nullopt where it can't be read as a date with a year from 1 to 9999.
  [[nodiscard]] std::optional<Timestamp> date(std::string_view value) const;
  /// The first `count_max` "<...>" of the value with the brackets, in order.
  [[nodiscard]] std::vector<std::string> identifiers(std::string_view value, std::size_t count_max) const;
  /// A Message-ID, with brackets even where the message has none; empty where there is nothing to use.
  [[nodiscard]] std::string message_id(std::string_view value) const;
  /// @param fallback  the media type of a part without a usable Content-Type.
  [[nodiscard]] PartType part_type(std::string_view content_type, std::string_view content_disposition,
                                   std::string_view fallback) const;

 private:
  struct FreeOptions {
    void operator()(_GMimeParserOptions* options) const noexcept;
  };
  MailLimits limits_;
  std::unique_ptr<_GMimeParserOptions, FreeOptions> options_;
};

}  // namespace commonbook::agents
