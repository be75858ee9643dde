#include "corpus.hpp"
#include "corpus_file.hpp"
#include "made_up_text.hpp"

#include "commonbook/model/civil_time.hpp"

#include <array>
#include <deque>
#include <string>
#include <vector>

namespace commonbook::bench {
namespace {

constexpr std::size_t threads_at_once = 64;
constexpr std::size_t references_max = 8;

/// What a later message may answer.
struct Sent {
  std::string id;
  std::vector<std::string> references;
  std::string subject;
  MadeUpPerson from;
  std::string quotation;
};

std::string header_date(std::int64_t number) {
  // A message every seven minutes from 2020-01-01.
  const std::string utc = format_utc(Timestamp{1'577'836'800'000 + number * 420'000});  // 2020-01-01T00:00:00...
  static constexpr std::array months{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto month = static_cast<std::size_t>(std::stoi(utc.substr(5, 2)) - 1);
  return utc.substr(8, 2) + ' ' + months[month] + ' ' + utc.substr(0, 4) + ' ' + utc.substr(11, 8) + " +0000";
}

std::string quoted(const std::string& text) {
  std::string made;
  bool begins_line = true;
  for (const char c : text) {
    if (begins_line) made += "> ";
    made += c;
    begins_line = c == '\n';
  }
  return made;
}

/// A body has no line that looks like the beginning of a message.
std::string without_postmarks(std::string text) {
  for (std::size_t at = 0; (at = text.find("\nFrom ", at)) != std::string::npos; at += 2) text.insert(at + 1, ">");
  return text;
}

class MailMaker {
 public:
  std::string message(std::int64_t number) {
    const bool answers = !sent_.empty() && text_.below(10) < 6;
    const Sent parent = answers ? sent_[text_.below(sent_.size())] : Sent{};
    Sent mine;
    mine.id = "<m" + std::to_string(number) + '.' + std::to_string(text_.below(1'000'000)) + "@example.org>";
    mine.from = text_.person();
    mine.subject = answers ? parent.subject : text_.words(3 + text_.below(6));
    if (answers) {
      mine.references = parent.references;
      mine.references.push_back(parent.id);
      // The first names the thread.
      if (mine.references.size() > references_max) mine.references.erase(mine.references.begin() + 1);
    }
    std::string made = headers(number, mine, parent, answers);
    const std::size_t kind = text_.below(20);
    const std::string own = own_text(mine, kind >= 10 && kind < 16);
    std::string body = own;
    if (answers) body = own + "\nOn " + header_date(number - 1) + ", " + parent.from.name + " wrote:\n" + parent.quotation;
    mine.quotation = quoted(own.substr(0, 600)) + '\n';
    made += without_postmarks(content(kind, body, number)) + '\n';
    sent_.push_back(std::move(mine));
    if (sent_.size() > threads_at_once) sent_.pop_front();
    return made;
  }

 private:
  std::string headers(std::int64_t number, const Sent& mine, const Sent& parent, bool answers) {
    std::string made = "From " + mine.from.address + " Thu Jan  2 10:00:00 2020\n";
    made += "From: " + mine.from.name + " <" + mine.from.address + ">\nTo: ";
    const auto receivers = [&](std::size_t count) {
      for (std::size_t at = 0; at < count; ++at) {
        const MadeUpPerson& person = text_.person();
        made += (at > 0 ? ",\n " : "") + person.name + " <" + person.address + '>';
      }
    };
    receivers(1 + text_.below(3));
    if (text_.below(3) == 0) {
      made += "\nCc: ";
      receivers(1 + text_.below(3));
    }
    made += "\nSubject: " + (answers ? "Re: " + mine.subject : mine.subject) + "\nDate: " + header_date(number) +
            "\nMessage-ID: " + mine.id + '\n';
    if (answers) {
      made += "In-Reply-To: " + parent.id + "\nReferences:";
      for (const std::string& reference : mine.references) made += "\n " + reference;
      made += '\n';
    }
    return made + "Received: from mail.example.org by mx.example.net with ESMTP id " + std::to_string(text_.below(1u << 30)) +
           ";\n\t" + header_date(number) + "\nMIME-Version: 1.0\nX-Mailer: benchmark\n";
  }

  std::string own_text(const Sent& mine, bool accents) {
    std::string body;
    for (std::size_t left = 1 + text_.below(4); left > 0; --left) body += text_.paragraph(15 + text_.below(90), accents) + '\n';
    return body + "-- \n" + mine.from.name + "\nExample Works, " + text_.words(2) + '\n';
  }

  std::string content(std::size_t kind, const std::string& body, std::int64_t number) {
    if (kind < 10) return "Content-Type: text/plain; charset=us-ascii\n\n" + body;
    if (kind < 14)
      return "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n" + quoted_printable(body);
    if (kind < 16) return "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n" + base64(body);
    const std::string boundary = "=_part_" + std::to_string(number);
    const std::string open = "--" + boundary + '\n';
    const std::string end = "\n--" + boundary + "--\n";
    if (kind < 19) {
      std::string html = "<html><body>";
      for (const char c : body) html += c == '\n' ? "<br>\n" : c == '>' ? "&gt;" : std::string(1, c);
      return "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\n\n" + open +
             "Content-Type: text/plain; charset=utf-8\n\n" + body + '\n' + open +
             "Content-Type: text/html; charset=utf-8\n\n" + html + "</body></html>\n" + end;
    }
    std::string bytes;
    for (std::size_t left = 6'000 + text_.below(34'000); left > 0; --left) bytes += static_cast<char>(text_.below(256));
    return "Content-Type: multipart/mixed; boundary=\"" + boundary + "\"\n\n" + open +
           "Content-Type: text/plain; charset=utf-8\n\n" + body + '\n' + open +
           "Content-Type: application/octet-stream\nContent-Disposition: attachment; filename=\"" + text_.word() +
           ".bin\"\nContent-Transfer-Encoding: base64\n\n" + base64(bytes) + end;
  }

  MadeUpText text_{7};
  std::deque<Sent> sent_;
};

}  // namespace

Corpus make_mail(const std::filesystem::path& folder, std::int64_t megabytes) {
  return make_corpus_file(folder / ("mail-" + std::to_string(megabytes) + ".mbox"), [megabytes](std::ofstream& file) {
    MailMaker maker;
    std::int64_t messages = 0;
    for (std::int64_t bytes = 0; bytes < megabytes * 1'000'000; ++messages) {
      const std::string message = maker.message(messages);
      file << message;
      bytes += static_cast<std::int64_t>(message.size());
    }
    return messages;
  });
}

}  // namespace commonbook::bench
