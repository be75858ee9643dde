"""Mail and calendars as plain Python reads them: each document with the triples that our own import makes of it.

Mail goes through `mailbox` and `email`; iCalendar, which the standard library does not know, is unfolded and split by hand.
"""

import datetime
import email.header
import email.utils
import hashlib
import mailbox
import re
import zoneinfo

NAME, ADDRESS, MESSAGE, EVENT = 1, 2, 3, 4  # schemes of keys; 0 is a literal
QUOTATION = re.compile(r"^On .* wrote:$")


class Document:
    def __init__(self, subject, title, text, context, time, digest):
        self.id, self.subject, self.title, self.text = subject[1], subject, title, text
        self.context, self.time, self.hash = context, time, digest
        self.triples, self.claims = [], []

    def people(self, predicate, people):
        for name, address in people:
            self.triples.append((predicate, ADDRESS, address))
            if name:
                self.claims.append((name, address))


def decoded(header):
    if not header or "=?" not in header:
        return header or ""
    return str(email.header.make_header(email.header.decode_header(header)))


def own_text(text):
    """Without quotations and signature."""
    kept = []
    for line in text.splitlines():
        if line == "-- ":
            break
        if not line.startswith(">") and not QUOTATION.match(line):
            kept.append(line)
    return "\n".join(kept).strip()


def read_mail(path):
    for message in mailbox.mbox(path):
        texts, attachments = [], []
        for part in message.walk():
            if part.is_multipart():
                continue
            payload = part.get_payload(decode=True)
            if part.get_filename():
                attachments.append(f"{part.get_filename()}, {len(payload)} bytes, {hashlib.sha256(payload).hexdigest()}")
            elif part.get_content_type() == "text/plain":
                texts.append(payload.decode(part.get_content_charset() or "ascii", "replace"))
        fields = {field: email.utils.getaddresses(message.get_all(field, [])) for field in ("from", "to", "cc")}
        title, identity = decoded(message["subject"]), message["message-id"].strip("<>")
        sent = email.utils.parsedate_to_datetime(message["date"]).isoformat()
        references = [each.strip("<>") for each in (message["references"] or "").split()]
        context = "\n".join([name or address for people in fields.values() for name, address in people] + attachments)
        text = own_text("\n".join(texts))
        digest = hashlib.sha256("\n".join([identity, title, text, sent]).encode()).hexdigest()
        document = Document((MESSAGE, identity), title, text, context, sent, digest)
        document.triples += [("type", 0, "message"), ("title", 0, title), ("sent at", 0, sent)]
        for field, people in fields.items():
            document.people(field, people)
        if references:
            document.triples.append(("replies to", MESSAGE, references[-1]))
        document.triples.append(("part of thread", MESSAGE, references[0] if references else identity))
        document.triples += [("has attachment", 0, attachment) for attachment in attachments]
        yield document


def unfolded(path):
    """Content lines as (name, parameters, value)."""
    line = None
    with open(path, encoding="utf-8", newline="\r\n") as lines:
        for raw in lines:
            raw = raw.rstrip("\r\n")
            if raw[:1] in (" ", "\t"):
                line += raw[1:]
                continue
            if line is not None:
                yield split_line(line)
            line = raw
    if line is not None:
        yield split_line(line)


def split_line(line):
    head, _, value = line.partition(":")
    name, *parameters = head.split(";")
    return name.upper(), dict(parameter.partition("=")[::2] for parameter in parameters), value


def unescaped(text):
    return text.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\") if "\\" in text else text


def instant(parameters, value):
    time = datetime.datetime.strptime(value.rstrip("Z"), "%Y%m%dT%H%M%S")
    zone = "UTC" if value.endswith("Z") else parameters.get("TZID", "UTC")
    return time.replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(datetime.timezone.utc).isoformat()


STATUS = {"ACCEPTED": "accepted by", "DECLINED": "declined by", "TENTATIVE": "tentatively accepted by",
          "NEEDS-ACTION": "not yet answered by"}
PLAIN = {"SUMMARY": "title", "DESCRIPTION": "described as", "STATUS": "status", "RRULE": "recurs by"}


def event_of(lines):
    values = {}
    people = []
    for name, parameters, value in lines:
        if name in ("ATTENDEE", "ORGANIZER"):
            people.append((name, parameters, (parameters.get("CN", ""), value.removeprefix("mailto:"))))
        else:
            values[name] = (parameters, unescaped(value))
    uid, title = values["UID"][1], values["SUMMARY"][1]
    times = {name: instant(*values[name]) for name in ("DTSTART", "DTEND", "EXDATE", "RECURRENCE-ID") if name in values}
    identity = uid + "?recurrence-id=" + times["RECURRENCE-ID"] if "RECURRENCE-ID" in times else uid
    place = values["LOCATION"][1]
    text = "\n".join([title, f"When: {times['DTSTART']} to {times['DTEND']}", "Where: " + place,
                      values.get("DESCRIPTION", ({}, ""))[1]])
    context = "\n".join([place] + [f"{name} <{address}>" for _, _, (name, address) in people])
    digest = hashlib.sha256(repr(lines).encode()).hexdigest()
    document = Document((EVENT, identity), title, text, context, times["DTSTART"], digest)
    document.triples += [("type", 0, "recurring event" if "RRULE" in values else "event"), ("starts", 0, times["DTSTART"]),
                         ("ends", 0, times["DTEND"]), ("located at", NAME, place)]
    document.triples += [(predicate, 0, values[name][1]) for name, predicate in PLAIN.items() if name in values]
    if "EXDATE" in times:
        document.triples.append(("excludes", 0, times["EXDATE"]))
    if "RECURRENCE-ID" in times:
        document.triples += [("part of series", EVENT, uid), ("replaces instance", 0, times["RECURRENCE-ID"])]
    for kind, parameters, person in people:
        document.people("organised by" if kind == "ORGANIZER" else "attended by", [person])
        if kind == "ATTENDEE":
            document.triples.append((STATUS[parameters["PARTSTAT"]], ADDRESS, person[1]))
    return document


def read_calendar(path):
    lines = None
    for name, parameters, value in unfolded(path):
        if (name, value) == ("BEGIN", "VEVENT"):
            lines = []
        elif (name, value) == ("END", "VEVENT"):
            yield event_of(lines)
            lines = None
        elif lines is not None:
            lines.append((name, parameters, value))


def read_with_library(path):
    """The same fields by python3-icalendar; its objects, not our triples: for the time of parsing alone."""
    import icalendar  # where it is installed
    with open(path, "rb") as file:
        calendar = icalendar.Calendar.from_ical(file.read())
    for event in calendar.walk("VEVENT"):
        title, text = str(event["summary"]), str(event.get("description", ""))
        document = Document((EVENT, str(event["uid"])), title, text, str(event["location"]), event["dtstart"].dt.isoformat(), "")
        attendees = event.get("attendee", [])
        attendees = attendees if isinstance(attendees, list) else [attendees]
        document.people("attended by", [(str(each.params["CN"]), str(each)) for each in attendees])
        yield document


def read(path, what, library):
    if library:
        return read_with_library(path)
    return read_mail(path) if what == "mail" else read_calendar(path)
