#include "mail_writing.hpp"

#include <algorithm>

namespace commonbook::testing {

std::string calendar_text(const std::string& method, const std::string& lines) {
  return "BEGIN:VCALENDAR\r\n" + (method.empty() ? "" : "METHOD:" + method + "\r\n") + "BEGIN:VEVENT\r\n" + lines +
         "END:VEVENT\r\nEND:VCALENDAR\r\n";
}

std::string invitation(const std::string& from, const std::string& id, const std::string& calendar) {
  return "From: " + from + "\nMessage-ID: <" + id + ">\nDate: Mon, 05 Jan 2026 09:00:00 +0000\nSubject: invitation\n" +
         "Content-Type: text/calendar; charset=utf-8\n\n" + calendar;
}

std::vector<agents::ImportItem> mail_items(const std::string& raw) {
  return agents::items_of({raw, "inbox/1.eml", {}, "email"}, {}, {});
}

std::vector<agents::ImportItem> calendar_items(const std::string& text) {
  std::vector<agents::Dropped> dropped;
  return agents::read_calendar(text, "work.ics", "calendar", dropped);
}

ToldBook::ToldBook() {
  auto book = storage::Book::open({.path = folder_.path() / "told.db", .create = true}, clock_, soon());
  if (!book) FAIL(to_string(book.error()));
  book_.emplace(std::move(*book));
  auto writer = storage::Writer::open(*book_, soon());
  if (!writer) FAIL(to_string(writer.error()));
  writer_.emplace(std::move(*writer));
}

void ToldBook::tell(const std::vector<agents::ImportItem>& items, const std::string& agent) {
  for (const agents::ImportItem& item : items) {
    Observation observation = item.observation;
    observation.agent = observation.session = agent;
    observation.sequence = ++sequence_;
    observation.ack_class = AckClass::applied;
    for (const auto& receipt : writer_->store(std::vector{observation}, soon()))
      if (!receipt) FAIL(to_string(receipt.error()));
  }
}

Answer ToldBook::answer(const QueryPlan& plan) {
  auto reader = storage::Reader::open(*book_, soon());
  if (!reader) FAIL(to_string(reader.error()));
  auto answer = reader->answer(plan, soon());
  if (!answer) FAIL(to_string(answer.error()));
  return std::move(*answer);
}

std::vector<std::string> ToldBook::facts(const std::string& uid, bool superseded) {
  QueryPlan plan;
  plan.keys = {Key{Scheme::ical_uid, uid, {}}};
  plan.walk_depth = 0;
  std::vector<std::string> lines;
  for (const Fact& fact : answer(plan).facts) {
    if (fact.superseded != superseded || fact.subject.key.value != uid) continue;
    const auto* entity = std::get_if<EntityView>(&fact.object);
    lines.push_back(fact.predicate + ": " + (entity != nullptr ? entity->key.value : std::get<Literal>(fact.object).text));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

std::vector<std::string> ToldBook::holds(const std::string& uid) { return facts(uid, false); }
std::vector<std::string> ToldBook::claims(const std::string& uid) { return facts(uid, true); }

}  // namespace commonbook::testing
