# The calendar: libical, recurrence, time zones.
