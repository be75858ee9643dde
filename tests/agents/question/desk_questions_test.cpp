// The desk set through a plain model of the reader: how many questions find their support, and their value.
#include "memory_book.hpp"
#include "commonbook/agents/question.hpp"
#include "commonbook/model/civil_time.hpp"
#include "commonbook/testing/desk_questions.hpp"
#include "commonbook/testing/support.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdlib>

using namespace commonbook;
using namespace commonbook::testing;

namespace {

std::string shown(const Answer& answer) {
  std::string text = answer.line + "\n     ";
  for (std::size_t i = 0; i < answer.citations.size() && i < 5; ++i) text += ' ' + answer.citations[i].document_id;
  return text;
}

}  // namespace

TEST_CASE("questions over the desk set find their support, and calendar facts answer directly") {
  const auto desk = test_data("desk");
  if (!desk) return;
  MemoryBook book;
  auto calendar = agents::open_calendars({*desk / "calendar.ics"}, "calendar");
  auto mail = agents::open_mail({*desk / "Maildir"}, "mail");
  REQUIRE(calendar);
  REQUIRE(mail);
  book.add_all(**calendar, "calendar");
  book.add_all(**mail, "mail");
  REQUIRE(book.documents() >= 145);

  // Years left out are found in the material, whether the question comes then or many months later.
  const auto now = GENERATE(CivilTime{{2026, 3, 31}, 12, 0, 0}, CivilTime{{2026, 11, 25}, 1, 0, 0});
  INFO("now: " << format_time(now));
  std::size_t supported = 0;
  std::size_t answered = 0;
  std::size_t in_first_line = 0;
  std::string report;
  const std::vector<DeskQuestion> rows = read_desk_questions(*desk / "questions.tsv");
  const auto direct = std::count_if(rows.begin(), rows.end(), [](const DeskQuestion& row) { return row.is_direct; });
  for (const DeskQuestion& row : rows) {
    const agents::UnderstoodQuestion understood = agents::understand({row.question, as_utc(now), "Europe/Berlin"});
    const Answer answer = agents::compose(understood, book.answer(understood.plan));
    bool found = false;
    for (std::size_t i = 0; i < answer.citations.size() && i < 3; ++i)
      found = found || row.support.count(answer.citations[i].document_id) > 0;
    const bool right = folded(answer.line).find(folded(row.answer)) != std::string::npos;
    supported += found ? 1 : 0;
    in_first_line += says_the_same(answer.line, row.answer) ? 1 : 0;
    answered += row.is_direct && right ? 1 : 0;
    if (!found || (row.is_direct && !right) || std::getenv("COMMONBOOK_SHOW") != nullptr)
      report += row.id + (found ? " " : " NO SUPPORT ") + (right ? "" : "NO VALUE ") + row.question +
                "\n     expected " + row.answer + "\n     " + shown(answer) + "\n";
  }
  WARN("supported " << supported << " of " << rows.size() << ", answered " << answered << " of " << direct << ", in the first line " << in_first_line
                    << '\n'
                    << report);
  CHECK(supported >= 45);
  CHECK(answered >= 14);
  CHECK(in_first_line >= 40);
}
