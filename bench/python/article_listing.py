#!/usr/bin/env python3
"""The published article's listing with Python's sqlite3 and eight threads, written anew from its description.

Find or create: normalise the alias, look it up, take the lock, look again, insert entity and alias in one transaction,
and on a constraint error read the winner. Each statement is stored on its own. Prints one line of JSON.

    article_listing.py --triples 50000 --folder FOLDER
"""

import argparse
import json
import os
import sqlite3
import threading
import time

SCHEMA = """
CREATE TABLE IF NOT EXISTS entity(id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT NOT NULL UNIQUE, embedding BLOB);
CREATE TABLE IF NOT EXISTS alias(alias TEXT PRIMARY KEY, entity INTEGER NOT NULL REFERENCES entity(id));
CREATE TABLE IF NOT EXISTS triple(id INTEGER PRIMARY KEY, subject INTEGER NOT NULL REFERENCES entity(id),
  predicate TEXT NOT NULL, object INTEGER NOT NULL REFERENCES entity(id), item INTEGER NOT NULL, line INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS triple_subject ON triple(subject);
"""
PREDICATES = ["works at", "attends", "organises", "sent to", "mentions",
              "located in", "reports to", "replies to", "planned for", "has topic"]


class Random:
    """SplitMix64: the same numbers in every version of Python."""

    def __init__(self, seed):
        self.state = seed

    def next(self):
        self.state = (self.state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        value = self.state
        value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return value ^ (value >> 31)


def make_workload(triples, agents):
    """Observations of 1 to 20 statements for each agent, names by Zipf's law, 30 % spelled another way."""
    import bisect

    random = Random(1)
    cumulative, total = [], 0.0
    for rank in range(max(1, triples // 10)):
        total += (rank + 1) ** -0.9
        cumulative.append(total)

    def name():
        rank = bisect.bisect_left(cumulative, (random.next() >> 11) * 2.0 ** -53 * total)
        text = f"Entity {rank} of the Corpus"
        variant = random.next() % 10
        if variant == 0:
            return text.upper()
        if variant == 1:
            return text.lower()
        if variant == 2:
            return "  " + text.replace(" ", "  ")
        return text

    plans, made, number = [[] for _ in range(agents)], 0, 0
    while made < triples:
        count = min(1 + random.next() % 20, triples - made)
        lines = [(name(), PREDICATES[random.next() % 10], name()) for _ in range(count)]
        plans[number % agents].append((number + 1, lines))
        number += 1
        made += count
    return plans


class Store:
    """One store object for all threads, a connection for each, and a recursive lock round the slow path."""

    def __init__(self, path):
        self.path = path
        self.lock = threading.RLock()
        self.local = threading.local()

    def connection(self):
        if not hasattr(self.local, "connection"):
            connection = sqlite3.connect(self.path, timeout=30, isolation_level=None)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute("PRAGMA synchronous=NORMAL")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA cache_size=-65536")
            self.local.connection = connection
        return self.local.connection

    @staticmethod
    def embed(alias):
        """Stands in for the model's call: 64 counts of letter pairs, as bytes."""
        counts = bytearray(64)
        for left, right in zip(alias, alias[1:]):
            at = (ord(left) * 31 + ord(right)) % 64
            counts[at] = min(255, counts[at] + 1)
        return bytes(counts)

    def find(self, alias):
        row = self.connection().execute("SELECT entity FROM alias WHERE alias = ?", (alias,)).fetchone()
        return row[0] if row else None

    def find_or_create(self, spelling):
        alias = " ".join(spelling.lower().split())
        entity = self.find(alias)
        if entity is not None:
            return entity
        with self.lock:
            entity = self.find(alias)
            if entity is not None:
                return entity
            connection = self.connection()
            try:
                connection.execute("BEGIN IMMEDIATE")
                entity = connection.execute("INSERT INTO entity(name, embedding) VALUES (?, ?)",
                                            (spelling, self.embed(alias))).lastrowid
                connection.execute("INSERT OR IGNORE INTO alias(alias, entity) VALUES (?, ?)", (alias, entity))
                connection.execute("COMMIT")
                return entity
            except sqlite3.IntegrityError:
                connection.execute("ROLLBACK")
                return self.find(alias) or connection.execute("SELECT id FROM entity WHERE name = ?",
                                                              (spelling,)).fetchone()[0]

    def store(self, item, lines):
        for line, (subject, predicate, object_) in enumerate(lines):
            row = (self.find_or_create(subject), predicate, self.find_or_create(object_), item, line)
            self.connection().execute(
                "INSERT INTO triple(subject, predicate, object, item, line) VALUES (?, ?, ?, ?, ?)", row)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--triples", type=int, default=50_000)
    parser.add_argument("--agents", type=int, default=8)
    parser.add_argument("--folder", required=True)
    arguments = parser.parse_args()
    path = os.path.join(arguments.folder, "article-listing.db")
    remove = lambda: [os.remove(path + end) for end in ("", "-wal", "-shm") if os.path.exists(path + end)]
    remove()
    store = Store(path)
    store.connection().executescript(SCHEMA)
    latencies, failures = [], []

    def run(plan):
        times = []
        for item, lines in plan:
            start = time.perf_counter()
            try:
                store.store(item, lines)
            except sqlite3.Error as error:
                failures.append(str(error))
            times.append((time.perf_counter() - start) * 1e3)
        latencies.extend(times)

    plans = make_workload(arguments.triples, arguments.agents)
    threads = [threading.Thread(target=run, args=(plan,)) for plan in plans]
    start = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - start
    latencies.sort()
    remove()
    at = lambda share: latencies[min(len(latencies) - 1, int(share * len(latencies)))]
    print(json.dumps({"triples_per_second": arguments.triples / seconds, "p50_ms": at(0.5), "p99_ms": at(0.99),
                      "max_ms": latencies[-1], "failed_observations": len(failures)}))


main()
