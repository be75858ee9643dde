// The predicates that our own agents write and question answering reads: one list, so that both mean the same.
// S: declared single-valued. Texts are the field's plain words, since people see them in answers.
#pragma once
#include "commonbook/model/speaker.hpp"

#include <string_view>

namespace commonbook::agents::predicate {

// Any entity.
inline constexpr std::string_view type = "type";  // text: "event", "recurring event", "message", "thread"

// Events; the subject's key is ical-uid (see event_key() in calendar_event.hpp).
inline constexpr std::string_view title = "title";                    // S text; also of a message: its subject
inline constexpr std::string_view starts = "starts";                  // S date or timestamp (RFC 9557)
inline constexpr std::string_view ends = "ends";                      // S date (exclusive) or timestamp
inline constexpr std::string_view located_at = "located at";          // S entity (name)
inline constexpr std::string_view organised_by = organised_by_predicate;  // S entity (mailto)
inline constexpr std::string_view attended_by = "attended by";        // entity (mailto), every invited one
inline constexpr std::string_view accepted_by = "accepted by";        // entity (mailto), by PARTSTAT
inline constexpr std::string_view declined_by = "declined by";
inline constexpr std::string_view tentative_by = "tentatively accepted by";
inline constexpr std::string_view unanswered_by = "not yet answered by";
inline constexpr std::string_view status = "status";                  // S text: confirmed, tentative, cancelled
inline constexpr std::string_view recurs_by = "recurs by";            // S text: RRULE as it stands
inline constexpr std::string_view excludes = "excludes";              // date or timestamp: EXDATE
inline constexpr std::string_view adds = "adds";                      // date or timestamp: RDATE
inline constexpr std::string_view part_of_series = "part of series";  // S entity: override -> series
inline constexpr std::string_view replaces = "replaces instance";     // S date or timestamp: RECURRENCE-ID
inline constexpr std::string_view described_as = "described as";      // S text: DESCRIPTION
inline constexpr std::string_view categorised_as = "categorised as";  // text
inline constexpr std::string_view stated_by = stated_by_predicate;    // entity (mailto): who sent the invitation, by From

// Messages; the subject's key is mid.
inline constexpr std::string_view from = "from";                      // entity (mailto)
inline constexpr std::string_view to = "to";
inline constexpr std::string_view cc = "cc";
inline constexpr std::string_view sent_at = "sent at";                // S timestamp
inline constexpr std::string_view replies_to = "replies to";          // entity (mid)
inline constexpr std::string_view part_of_thread = "part of thread";  // entity (mid): the first of References, else itself
inline constexpr std::string_view has_attachment = "has attachment";  // text: name, size, hash
inline constexpr std::string_view attached_to = "attached to";         // of an attachment (key mid, "ID/NAME"): entity (mid)
inline constexpr std::string_view invites_to = "invites to";          // entity (ical-uid)
inline constexpr std::string_view flagged = "flagged";                // text: unread, replied, flagged (Maildir)

// What extractors find in text (extractor.hpp); the subject is the message or event but where a name is given.
inline constexpr std::string_view mentions_date = "mentions date";          // date, timestamp, or text "FROM/TO" (ISO 8601)
inline constexpr std::string_view due_on = "due on";                        // date or timestamp
inline constexpr std::string_view mentions_amount = "mentions amount";      // text "3940 EUR"
inline constexpr std::string_view mentions_quantity = "mentions quantity";  // text "1.8 %RH", "200 housings"
inline constexpr std::string_view refers_to_number = "refers to number";    // text "INV-3391"
inline constexpr std::string_view is = "is";                                // name or person: text
inline constexpr std::string_view decides = "decides";                      // text
inline constexpr std::string_view moves = "moves";                          // text: what
inline constexpr std::string_view moved_from = "moved from";                // as mentions_date
inline constexpr std::string_view moved_to = "moved to";                    // as mentions_date
inline constexpr std::string_view cancels = "cancels";                      // text: what
inline constexpr std::string_view will = "will";                            // person or name: text, "send it (2026-03-06)"

}  // namespace commonbook::agents::predicate
