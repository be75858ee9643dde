// Answers that sentences of messages give, over the mail of a village theatre: the value, the person or the reason
// first, and no more than the question asks for.
#include "answer_builder.hpp"
#include "commonbook/agents/question.hpp"
#include "commonbook/model/civil_time.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <map>

using namespace commonbook;
using namespace commonbook::agents;
using commonbook::testing::AnswerBuilder;

namespace {

/// Messages by their threads: an id "curtain-2" belongs to the thread "curtain".
class Mailbox {
 public:
  Mailbox& add(const std::string& id, const std::string& author, const std::string& title, int day,
               const std::string& text) {
    builder_.subject(Scheme::mid, id + "@stage", "<" + id + "@stage>")
        .person(predicate::from, author + "@stage.example")
        .person(predicate::to, "bela.roth@stage.example")
        .passage(title, text, as_utc({{2032, 9, day}, 8, 0, 0}));
    const std::string thread = id.substr(0, id.find('-'));
    const auto [found, created] = threads_.emplace(thread, builder_.current());
    const EntityView current = builder_.current();
    builder_.link(predicate::part_of_thread, created ? current : found->second);
    return *this;
  }
  [[nodiscard]] const Answer& answer() const { return builder_.answer(); }

 private:
  AnswerBuilder builder_;
  std::map<std::string, EntityView> threads_;
};

Answer theatre() {
  Mailbox mail;
  mail.add("curtain-1", "otto.lang", "New curtain", 1,
           "Dear Bela,\n\nthe old curtain is torn. A new one costs 2,400 EUR, sewing 350 EUR, together 2,750 EUR.\n\n"
           "Otto Lang")
      .add("curtain-2", "bela.roth", "Re: New curtain", 2, "Could it be cheaper if we sew it ourselves?\n\nBela")
      .add("curtain-3", "otto.lang", "Re: New curtain", 3, "Then it is 2,400 EUR. My sister sews.\n\nOtto")
      .add("lamps-1", "cora.field", "Lamps", 4, "We bought 36 lamps, 33 of them work, three are broken.\n\nCora")
      .add("lamps-2", "dan.weir", "Re: Lamps", 5, "I will repair the broken ones on Saturday.\n\nDan")
      .add("fuse-1", "cora.field", "Load of the stage circuit", 6,
           "The manual of Circuit 1 says 4 kW on one page and 6 kW on another. Which is it?\n\nCora")
      .add("fuse-2", "dan.weir", "Re: Load of the stage circuit", 7, "6 kW. The 4 kW belong to Circuit 2.\n\nDan")
      .add("parcel-1", "post.office", "Your costumes", 8, "Dear customer,\n\nyour shipment has the number QX-40127.")
      .add("premiere-1", "bela.roth", "Premiere on 12 October", 9, "The premiere is on 12 October at eight.\n\nBela")
      .add("premiere-2", "ines.moor", "Re: Premiere on 12 October", 10,
           "My daughter marries on the 12th. Could we play a week later?\n\nInes")
      .add("premiere-3", "bela.roth", "Re: Premiere on 12 October", 11,
           "All right, the premiere is moved to 19 October.\n\nBela")
      .add("script-1", "ines.moor", "Script", 12, "Version 3 of the script is out. Version 2 had a scene too many.");
  return mail.answer();
}

Answer ask_theatre(const std::string& text) {
  return compose(understand({text, as_utc({{2032, 9, 20}, 9, 0, 0}), "Europe/Paris"}), theatre());
}

}  // namespace

TEST_CASE("a sentence's value, person or reason stands first in the line, with who says so") {
  const auto [question, line] = GENERATE(table<std::string, std::string>({
      {"How much does the new curtain cost in all?",
       "2,750 EUR: A new one costs 2,400 EUR, sewing 350 EUR, together 2,750 EUR. (Otto Lang, 2032-09-01)"},
      {"How many lamps were bought?",
       "36: We bought 36 lamps, 33 of them work, three are broken. (Cora Field, 2032-09-04)"},
      {"Who repairs the broken lamps?", "Dan Weir: I will repair the broken ones on Saturday. (2032-09-05)"},
      {"What is the load of Circuit 1?", "6 kW. (Dan Weir, 2032-09-07)"},
      {"What is the number of the costume shipment?",
       "QX-40127: your shipment has the number QX-40127. (Post Office, 2032-09-08)"},
      {"Which version of the script is out?", "Version 3 of the script is out. (Ines Moor, 2032-09-12)"},
      {"Why was the premiere moved?", "My daughter marries on the 12th. (Ines Moor, 2032-09-10)"},
      {"Who announced the premiere?", "Bela Roth: The premiere is on 12 October at eight. (2032-09-09)"},
  }));
  const Answer answer = ask_theatre(question);
  INFO(question);
  CHECK(answer.line == line);
}

TEST_CASE("somebody is nobody, and a name that the question gives is no answer to who") {
  Mailbox mail;
  mail.add("keys-1", "otto.lang", "Keys of the hall", 1,
           "I think that somebody must lock the hall on Sunday. Cora Field can't.");
  const auto found =
      compose(understand({"Who locks the hall, if not Cora Field?", as_utc({{2032, 9, 20}, 9, 0, 0}), "Europe/Paris"}),
              mail.answer());
  CHECK(found.line.find("Otto Lang:") == std::string::npos);
  CHECK(found.line.find("Cora Field:") == std::string::npos);
}

TEST_CASE("a number of units at a price each gives the sum, to the cent") {
  const auto [price, sum] =
      GENERATE(table<std::string, std::string>({{"89 EUR each", "150 chairs for 13,350 EUR (89 EUR each)"},
                                                {"8.95 EUR apiece", "150 chairs for 1,342.50 EUR (8.95 EUR each)"},
                                                {"900 EUR", "150 chairs for 900 EUR"}}));
  Mailbox mail;
  mail.add("chairs-1", "cora.field", "Chairs for the hall", 1, "The theatre orders 150 chairs at " + price + ".");
  const auto found = compose(understand({"How many chairs does the theatre order, and for how much?",
                                         as_utc({{2032, 9, 20}, 9, 0, 0}), "Europe/Paris"}),
                             mail.answer());
  CHECK(found.line.substr(0, sum.size() + 1) == sum + ":");
}

namespace {

Answer ask_about(const std::string& text, const Answer& found) {
  return compose(understand({text, as_utc({{2032, 9, 20}, 9, 0, 0}), "Europe/Paris"}), found);
}

/// Deliveries, and the fair that they are for.
Answer fair(int day_of_arrival) {
  AnswerBuilder builder;
  builder.event("fair@stage", "Autumn fair", "2032-10-09T10:00:00Z", "2032-10-09T18:00:00Z")
      .event("duty@stage", "Ticket desk", "2032-10-10T10:00:00Z", "2032-10-10T12:00:00Z")
      .text(predicate::recurs_by, "FREQ=WEEKLY;COUNT=4");
  const EntityView desk = builder.current();
  builder.override_of(desk, "2032-10-17T10:00:00Z", "2032-10-17T10:00:00Z")
      .text(predicate::title, "Ticket desk")
      .text(predicate::status, "cancelled")
      .text(predicate::described_as, "Puppet show instead.")
      .event("puppets@stage", "Puppet show for children", "2032-10-17T09:30:00Z", "2032-10-17T11:00:00Z");
  builder.subject(Scheme::mid, "tents-0@stage", "<tents-0@stage>")
      .person(predicate::from, "dan.weir@stage.example")
      .passage("The tents", "Tent 3 was mended at the seam for the last fair.", as_utc({{2032, 9, 1}, 8, 0, 0}));
  builder.subject(Scheme::mid, "tents-1@stage", "<tents-1@stage>")
      .person(predicate::from, "cora.field@stage.example")
      .passage("The tents", "The tents arrived this morning, all four of them.",
               as_utc({{2032, 10, day_of_arrival}, 8, 0, 0}));
  builder.subject(Scheme::mid, "tents-2@stage", "<tents-2@stage>")
      .person(predicate::from, "dan.weir@stage.example")
      .passage("The tents", "Tent 3 leaks at the seam. The others are dry.",
               as_utc({{2032, 10, day_of_arrival + 1}, 8, 0, 0}));
  builder.subject(Scheme::mid, "tents-3@stage", "<tents-3@stage>")
      .person(predicate::from, "dan.weir@stage.example")
      .passage("The tents", "Tent 3 is mended and stands again.", as_utc({{2032, 10, day_of_arrival + 3}, 8, 0, 0}));
  return builder.answer();
}

}  // namespace

TEST_CASE("before or after is decided by what a message says happened and by the calendar") {
  CHECK(ask_about("Did the tents arrive before the autumn fair?", fair(7)).line ==
        "yes: The tents arrived this morning, all four of them. (Cora Field, 2032-10-07); Autumn fair is on "
        "2032-10-09 12:00");
  CHECK(ask_about("Did the tents arrive before the autumn fair?", fair(11)).line.substr(0, 3) == "no:");
  CHECK(ask_about("Did the tents arrive after the autumn fair?", fair(11)).line.substr(0, 4) == "yes:");
  const Answer answer = ask_about("Did the tents arrive before the autumn fair?", fair(7));
  REQUIRE(answer.citations.size() >= 2);
  CHECK(answer.citations[0].document_id == "<tents-1@stage>");
  CHECK(answer.citations[1].document_id == "fair@stage");
}

TEST_CASE("what did not happen, or only will, decides no order") {
  const auto text = GENERATE("The tents did not arrive this morning.", "The tents will arrive next week.",
                             "If the tents arrive, tell me.", "The costumes arrived this morning.");
  AnswerBuilder builder;
  builder.event("fair@stage", "Autumn fair", "2032-10-09T10:00:00Z");
  builder.subject(Scheme::mid, "tents-1@stage", "<tents-1@stage>")
      .passage("The tents", text, as_utc({{2032, 10, 7}, 8, 0, 0}));
  const std::string line = ask_about("Did the tents arrive before the autumn fair?", builder.answer()).line;
  CHECK(line.substr(0, 4) != "yes:");
  CHECK(line.substr(0, 3) != "no:");
}

TEST_CASE("of two events the calendar decides which comes first, whatever messages say") {
  AnswerBuilder builder;
  builder.event("fair@stage", "Autumn fair", "2032-10-09T10:00:00Z")
      .event("ball@stage", "Masked ball", "2032-10-02T10:00:00Z");
  builder.subject(Scheme::mid, "ball-1@stage", "<ball-1@stage>")
      .passage("Masked ball", "The masked ball again, in the great hall.", as_utc({{2032, 12, 7}, 8, 0, 0}));
  const std::string line = ask_about("Is the masked ball before the autumn fair?", builder.answer()).line;
  CHECK(line == "yes: Masked ball is on 2032-10-02 12:00; Autumn fair is on 2032-10-09 12:00");
  CHECK(ask_about("Is the masked ball after the autumn fair?", builder.answer()).line.substr(0, 3) == "no:");
}

TEST_CASE("a question that asks two things gets both, the second about what the first named") {
  CHECK(ask_about("Which tent leaks, and was it mended later?", fair(7)).line ==
        "Tent 3 leaks at the seam. (Dan Weir, 2032-10-08); Tent 3 is mended and stands again. (Dan Weir, 2032-10-10)");
}

TEST_CASE("the event that takes place instead is told with the reason, and cited") {
  const Answer answer = ask_about("Why is there no ticket desk on 17 October?", fair(7));
  CHECK(answer.line ==
        "Puppet show instead. (Ticket desk, 2032-10-17); Puppet show for children takes place on "
        "2032-10-17 11:30");
  CHECK(std::any_of(answer.citations.begin(), answer.citations.end(),
                    [](const Citation& citation) { return citation.document_id == "puppets@stage"; }));
}

TEST_CASE("of a dialogue the turn that answers is quoted, with who speaks") {
  AnswerBuilder builder;
  builder.subject(Scheme::mid, "talk", "talk")
      .passage("Saturday",
               "Ann: Did you see the new kiln at the pottery?\nBob: Yes! I glazed a blue teapot there.\n"
               "Ann: Lovely. I fell asleep on the train again.\nBob: You should drink more coffee, Ann.",
               as_utc({{2032, 9, 4}, 8, 0, 0}));
  const std::string line = ask_about("What did Bob glaze at the pottery?", builder.answer()).line;
  CHECK(line.substr(0, 35) == "Yes! I glazed a blue teapot there. ");
  CHECK(line.find("Bob") != std::string::npos);
  CHECK(line.find("asleep") == std::string::npos);
}

TEST_CASE("a sentence that tells no time answers no when, and one without a number no how many") {
  AnswerBuilder builder;
  builder.subject(Scheme::mid, "board-1@stage", "<board-1@stage>")
      .person(predicate::from, "cora.field@stage.example")
      .passage("Board meeting", "The board meeting needs coffee and chairs.", as_utc({{2032, 9, 4}, 8, 0, 0}));
  CHECK(ask_about("When is the board meeting with coffee?", builder.answer()).line.empty());
  CHECK(ask_about("How many chairs does the board meeting need?", builder.answer()).line.empty());
  builder.subject(Scheme::mid, "board-2@stage", "<board-2@stage>")
      .passage("Board meeting", "The board meeting is next Friday.", as_utc({{2032, 9, 5}, 8, 0, 0}));
  CHECK(ask_about("When is the board meeting?", builder.answer()).line.find("next Friday") != std::string::npos);
}
