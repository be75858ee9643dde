#!/usr/bin/env python3
"""The import benchmark's peer: Python's mailbox and email, or a reading of iCalendar by hand, and sqlite3.

    import_peer.py --program commonbook_bench --stage parse|import --what mail|calendar --megabytes 25 --folder FOLDER

`parse` takes each document's fields and decoded text; `import` also writes the rows that an import leaves in a memory
file: document, its full-text index, observation, operation, entities with their aliases, claims, and the triples sorted
by subject and by object; 512 triples a transaction. Prints one line of JSON.
"""

import argparse
import json
import os
import re
import sqlite3
import subprocess
import time

import import_documents

SCHEMA = """
CREATE TABLE entity(id INTEGER PRIMARY KEY, spelling TEXT NOT NULL);
CREATE TABLE alias(id INTEGER PRIMARY KEY, entity INTEGER NOT NULL, scheme INTEGER NOT NULL, value TEXT NOT NULL);
CREATE UNIQUE INDEX alias_key ON alias(value, scheme);
CREATE INDEX alias_entity ON alias(entity);
CREATE TABLE predicate(id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE);
CREATE TABLE document(id INTEGER PRIMARY KEY, external_id TEXT NOT NULL, title TEXT NOT NULL, body TEXT NOT NULL,
  context TEXT NOT NULL, time TEXT, hash TEXT NOT NULL, subject INTEGER);
CREATE UNIQUE INDEX document_version ON document(external_id, hash);
CREATE INDEX document_subject ON document(subject);
CREATE VIRTUAL TABLE search USING fts5(title, body, context, content='document', content_rowid='id',
  tokenize="porter unicode61 remove_diacritics 2");
CREATE TABLE observation(id INTEGER PRIMARY KEY, sequence INTEGER NOT NULL UNIQUE, document INTEGER, position TEXT,
  payload_hash TEXT);
CREATE INDEX observation_document ON observation(document);
CREATE TABLE operation(id TEXT PRIMARY KEY, observation INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE claim(name TEXT, entity INTEGER, spelling TEXT, observation INTEGER,
  PRIMARY KEY(name, entity, spelling, observation)) WITHOUT ROWID;
CREATE TABLE triple(subject INTEGER, predicate INTEGER, object, observation INTEGER,
  PRIMARY KEY(subject, predicate, object, observation)) WITHOUT ROWID;
CREATE TABLE mirror(object, predicate INTEGER, subject INTEGER, observation INTEGER,
  PRIMARY KEY(object, predicate, subject, observation)) WITHOUT ROWID;
"""
WHITE_SPACE = re.compile(r"\s+")
TRIPLES_OF_A_TRANSACTION = 512


class Book:
    """Writes documents, each with its triples, as rows."""

    def __init__(self, path, durable):
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        self.database.execute("PRAGMA cache_size=-65536")
        self.database.executescript(SCHEMA)
        self.entities, self.predicates = {}, {}
        self.observations = self.triples = self.pending = 0

    def entity(self, scheme, value):
        key = (WHITE_SPACE.sub(" ", value).strip().casefold() if scheme == 1 else value, scheme)
        if key not in self.entities:
            row = self.database.execute("SELECT entity FROM alias WHERE value = ? AND scheme = ?", key).fetchone()
            if row is None:
                row = (self.database.execute("INSERT INTO entity(spelling) VALUES (?)", (value,)).lastrowid,)
                self.database.execute("INSERT INTO alias(entity, value, scheme) VALUES (?, ?, ?)", row + key)
            self.entities[key] = row[0]
        return self.entities[key]

    def predicate(self, name):
        if name not in self.predicates:
            self.predicates[name] = self.database.execute("INSERT INTO predicate(name) VALUES (?)", (name,)).lastrowid
        return self.predicates[name]

    def store(self, document):
        if self.pending == 0:
            self.database.execute("BEGIN IMMEDIATE")
        run = self.database.execute
        subject = self.entity(*document.subject)
        row = run("INSERT INTO document(external_id, title, body, context, time, hash, subject) VALUES (?, ?, ?, ?, ?, ?, ?)",
                  (document.id, document.title, document.text, document.context, document.time, document.hash, subject)).lastrowid
        run("INSERT INTO search(rowid, title, body, context) VALUES (?, ?, ?, ?)",
            (row, document.title, document.text, document.context))
        self.observations += 1
        observation = run("INSERT INTO observation(sequence, document, position, payload_hash) VALUES (?, ?, ?, ?)",
                          (self.observations, row, document.id, document.hash)).lastrowid
        run("INSERT INTO operation VALUES (?, ?)", (document.hash, observation))
        rows = []
        for predicate, scheme, value in document.triples:
            rows.append((subject, self.predicate(predicate), self.entity(scheme, value) if scheme else value, observation))
        self.database.executemany("INSERT OR IGNORE INTO triple VALUES (?1, ?2, ?3, ?4)", rows)
        self.database.executemany("INSERT OR IGNORE INTO mirror VALUES (?3, ?2, ?1, ?4)", rows)
        self.database.executemany("INSERT OR IGNORE INTO claim VALUES (?, ?, ?, ?)",
                                  [(name.casefold(), self.entity(2, address), name, observation)
                                   for name, address in document.claims])
        self.triples += len(rows)
        self.pending += len(rows)
        if self.pending >= TRIPLES_OF_A_TRANSACTION:
            self.commit()

    def commit(self):
        if self.pending:
            self.database.execute("COMMIT")
        self.pending = 0


def memory_bytes_max():
    with open("/proc/self/status", encoding="ascii") as lines:
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--stage", choices=["parse", "import"], required=True)
    parser.add_argument("--what", choices=["mail", "calendar"], required=True)
    parser.add_argument("--megabytes", type=int, default=25)
    parser.add_argument("--durable", action="store_true")
    parser.add_argument("--library", action="store_true", help="calendars by python3-icalendar; parsing only")
    parser.add_argument("--folder", required=True)
    arguments = parser.parse_args()
    made = subprocess.run([arguments.program, "--folder", arguments.folder, "corpus", arguments.what, "--megabytes",
                           str(arguments.megabytes)], check=True, capture_output=True, text=True)
    corpus = json.loads(made.stdout)
    path = os.path.join(arguments.folder, "python-import.db")
    start = time.monotonic()
    documents = triples = 0
    book = Book(path, arguments.durable) if arguments.stage == "import" else None
    for document in import_documents.read(corpus["file"], arguments.what, arguments.library):
        documents += 1
        triples += len(document.triples)
        if book:
            book.store(document)
    if book:
        book.commit()
    seconds = time.monotonic() - start
    if book:
        book.database.close()
        for end in ("", "-wal", "-shm"):
            if os.path.exists(path + end):
                os.remove(path + end)
    if documents != corpus["documents"]:
        raise SystemExit(f"of {corpus['documents']} documents {documents} were read")
    print(json.dumps({"documents_per_second": documents / seconds, "megabytes_per_second": corpus["bytes"] / 1e6 / seconds,
                      "documents": documents, "triples": triples, "memory_bytes_max": memory_bytes_max(),
                      "seconds": seconds}))


main()
