#!/usr/bin/env python3
"""How many bytes of log a triple costs, by what the frames hold: table by table. Prints one line of JSON.

    log_parts.py --program commonbook_bench --triples 200000 --document-words 0 --folder FOLDER
    log_parts.py --design article --page-bytes 2048 ...    of the published article's tables, with pages of 2 KiB
"""

import argparse
import collections
import json
import os
import sqlite3
import struct
import subprocess

PARTS = {"alias": "alias", "alias_key": "alias", "alias_entity": "alias", "entity": "entity",
         "observation": "observation and operation id", "sqlite_autoindex_observation_1": "observation and operation id",
         "observation_document": "observation and operation id", "operation": "observation and operation id",
         "assertion": "tail", "meta": "digest and counters", "sqlite_sequence": "digest and counters",
         # The article's tables; where a name is that of one of ours, what it holds is the same.
         "sqlite_autoindex_alias_1": "alias", "sqlite_autoindex_entity_1": "entity", "relation": "relation",
         "sqlite_autoindex_relation_1": "relation's indexes", "relation_subject": "relation's indexes",
         "relation_object": "relation's indexes", "evidence": "evidence", "sqlite_autoindex_evidence_1": "evidence",
         "document": "document row", "document_version": "document row", "document_subject": "document row"}


def count_frames(path):
    """Frames of the log by page number, and the bytes of a frame."""
    with open(path, "rb") as log:
        page_bytes = struct.unpack(">I", log.read(32)[8:12])[0]
        frames = collections.Counter()
        while len(frame := log.read(24 + page_bytes)) == 24 + page_bytes:
            frames[struct.unpack(">I", frame[:4])[0]] += 1
    return frames, 24 + page_bytes


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True)
    parser.add_argument("--design", choices=("runtime", "article"), default="runtime")
    parser.add_argument("--page-bytes", type=int, default=4096, help="of the article's file")
    parser.add_argument("--triples", type=int, default=200_000)
    parser.add_argument("--document-words", type=int, default=0)
    parser.add_argument("--batch", type=int, default=512)
    parser.add_argument("--folder", required=True)
    arguments = parser.parse_args()
    subprocess.run([arguments.program, "--folder", arguments.folder, "fill", arguments.design, "--triples",
                    str(arguments.triples), "--page-bytes", str(arguments.page_bytes), "--document-words",
                    str(arguments.document_words), "--batch", str(arguments.batch)],
                   check=True, capture_output=True)
    path = os.path.join(arguments.folder, "fill.db")
    frames, frame_bytes = count_frames(path + "-wal")
    database = sqlite3.connect(path)
    names = dict(database.execute("SELECT pageno, name FROM dbstat"))
    database.close()
    parts = collections.Counter()
    for page, count in frames.items():
        name = names.get(page, "other")
        part = "full text" if name.startswith("search") else PARTS.get(name, "other")
        parts[part] += count * frame_bytes / arguments.triples
    for end in ("", "-wal", "-shm", "-reserve", ".turnstile"):
        if os.path.exists(path + end):
            os.remove(path + end)
    print(json.dumps({"log_bytes": sum(parts.values())} | {f"{part}, bytes": value for part, value in parts.items()}))


main()
