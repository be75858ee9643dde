// The tables, as one constant text a version. Only schema.cpp runs them; the files of book/ name their columns.
//
// tail            assertion: append-only, in commit order; the only part that a commit writes triples to
// sorted part     triple (by subject) and mirror (by object): filled by compaction, in slices
// evidence        observation: every row of both parts points to one
// identity        entity, alias (unique key), redirect (merges), claim (names beside strong identifiers)
// derived         name_block: where names that may be alike meet (name_blocks.hpp), filled by the suggestion pass up to
//                 meta.suggestion_watermark; like the search index it is no part of the row digest
//
// A triple's object is an entity id (INTEGER) or a typed literal (TEXT): the type's digit, a colon, the text.
// How an observation spelled the entities of its triples stands in observation.spellings (spelling_codec.hpp), so
// spellings have evidence and are forgotten with it. Of an entity that an observation names outside of its triples (a
// document's subject) it is a triple with the reserved predicate `spelled as` (id 1); up to version 2 it was that of all.
//
// The texts are compared with what stands in a file (schema_objects.hpp): not even a comment in them may change.
// suggestion.status has a further value by now, 3: merged silently.
#pragma once

namespace commonbook::storage {

inline constexpr int schema_version = 3;
inline constexpr long long spelled_as_predicate = 1;

inline constexpr const char* schema_v1 = R"sql(
CREATE TABLE meta(
  id INTEGER PRIMARY KEY CHECK(id = 1),
  epoch INTEGER NOT NULL DEFAULT 0,             -- raised by retract, merge and purge: caches start anew
  commit_seq INTEGER NOT NULL DEFAULT 0,        -- of the last commit that stored observations
  next_entity INTEGER NOT NULL DEFAULT 1,       -- the next entity id; ids are never given out twice
  watermark INTEGER NOT NULL DEFAULT 0,         -- assertion.seq up to here stands in the sorted part
  triple_rows INTEGER NOT NULL DEFAULT 0,       -- rows in `triple`, an estimate that sets F
  row_digest INTEGER NOT NULL DEFAULT 0,        -- commutative 64-bit sum, kept by every transaction
  unicode_version TEXT NOT NULL DEFAULT '',
  compaction_owner TEXT NOT NULL DEFAULT '',
  compaction_pass INTEGER NOT NULL DEFAULT 0,
  compaction_heartbeat INTEGER NOT NULL DEFAULT 0,
  parts_overlap INTEGER NOT NULL DEFAULT 0,     -- 1: a pass has begun and none has finished since: rows may stand in both parts
  purge_pending INTEGER NOT NULL DEFAULT 0,     -- 1: retracted observations still have rows
  suggestion_watermark INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE migration(
  step INTEGER PRIMARY KEY,
  name TEXT NOT NULL
);
CREATE TABLE agent(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE
);
CREATE TABLE session(
  id INTEGER PRIMARY KEY,
  agent INTEGER NOT NULL REFERENCES agent(id),
  name TEXT NOT NULL,
  UNIQUE(agent, name)
);
CREATE TABLE entity(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  spelling TEXT NOT NULL                        -- of whoever came first, shown only where no other has evidence; of an exact key its bytes
);
CREATE TABLE alias(
  id INTEGER PRIMARY KEY,
  entity INTEGER NOT NULL REFERENCES entity(id) DEFERRABLE INITIALLY DEFERRED,
  space TEXT NOT NULL,
  scheme INTEGER NOT NULL,
  value TEXT NOT NULL
);
CREATE UNIQUE INDEX alias_key ON alias(value, scheme, space);
CREATE INDEX alias_entity ON alias(entity);
CREATE TABLE redirect(
  source INTEGER PRIMARY KEY REFERENCES entity(id),
  target INTEGER NOT NULL REFERENCES entity(id)
);
CREATE INDEX redirect_target ON redirect(target);
CREATE TABLE predicate(
  id INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  single_valued INTEGER NOT NULL DEFAULT 0
);
INSERT INTO predicate(id, name) VALUES (1, 'spelled as');
CREATE TABLE document(
  id INTEGER PRIMARY KEY,
  external_id TEXT NOT NULL,
  kind INTEGER NOT NULL,
  title TEXT NOT NULL,
  body TEXT NOT NULL,
  context TEXT NOT NULL,
  time INTEGER,                                 -- unix ms
  hash TEXT NOT NULL,
  subject INTEGER REFERENCES entity(id)
);
CREATE UNIQUE INDEX document_version ON document(external_id, hash);
CREATE INDEX document_subject ON document(subject) WHERE subject IS NOT NULL;
CREATE VIRTUAL TABLE search USING fts5(
  title, body, context,
  content='document', content_rowid='id',
  tokenize="porter unicode61 remove_diacritics 2"
);
INSERT INTO search(search, rank) VALUES ('pgsz', 2000); -- a leaf of the index is a page of the file
CREATE TABLE observation(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  session INTEGER NOT NULL REFERENCES session(id),
  sequence INTEGER NOT NULL,
  document INTEGER REFERENCES document(id),
  position TEXT NOT NULL,
  time INTEGER NOT NULL,
  revision INTEGER NOT NULL,
  valid_from INTEGER NOT NULL,
  specificity INTEGER NOT NULL,
  trust INTEGER NOT NULL,
  ack_class INTEGER NOT NULL,
  commit_seq INTEGER NOT NULL,
  triple_count INTEGER NOT NULL,                -- rows in tail and sorted part together, spelling rows included
  claim_count INTEGER NOT NULL,
  created BLOB NOT NULL,                        -- bit i: the receipt's entity i was created
  payload_hash BLOB NOT NULL,                   -- 16 bytes
  retracted INTEGER NOT NULL DEFAULT 0,
  UNIQUE(session, sequence)
);
CREATE INDEX observation_document ON observation(document) WHERE document IS NOT NULL;
CREATE TABLE operation(
  id TEXT PRIMARY KEY,                          -- given from outside
  observation INTEGER NOT NULL REFERENCES observation(id)
) WITHOUT ROWID;
CREATE TABLE claim(
  name TEXT NOT NULL,                           -- in normal form
  entity INTEGER NOT NULL REFERENCES entity(id),
  spelling TEXT NOT NULL,
  observation INTEGER NOT NULL REFERENCES observation(id),
  PRIMARY KEY(name, entity, spelling, observation)
) WITHOUT ROWID;
CREATE INDEX claim_entity ON claim(entity);
CREATE TABLE derivation(
  evidence TEXT NOT NULL,                       -- id of a document that the observation was concluded from
  observation INTEGER NOT NULL REFERENCES observation(id),
  PRIMARY KEY(evidence, observation)
) WITHOUT ROWID;
CREATE INDEX derivation_observation ON derivation(observation);
CREATE TABLE assertion(
  seq INTEGER PRIMARY KEY AUTOINCREMENT,
  subject INTEGER NOT NULL,
  predicate INTEGER NOT NULL,
  object NOT NULL,
  observation INTEGER NOT NULL
);
CREATE TABLE triple(
  subject INTEGER NOT NULL,
  predicate INTEGER NOT NULL,
  object NOT NULL,
  observation INTEGER NOT NULL,
  PRIMARY KEY(subject, predicate, object, observation)
) WITHOUT ROWID;
CREATE TABLE mirror(
  object NOT NULL,
  predicate INTEGER NOT NULL,
  subject INTEGER NOT NULL,
  observation INTEGER NOT NULL,
  PRIMARY KEY(object, predicate, subject, observation)
) WITHOUT ROWID;
CREATE TABLE suggestion(
  left_entity INTEGER NOT NULL REFERENCES entity(id),
  right_entity INTEGER NOT NULL REFERENCES entity(id),  -- left_entity < right_entity
  score REAL NOT NULL,
  reason TEXT NOT NULL,
  status INTEGER NOT NULL DEFAULT 0,            -- 0 open, 1 accepted, 2 rejected
  PRIMARY KEY(left_entity, right_entity)
) WITHOUT ROWID;
)sql";

// Version 1 had one target a source, so a merge of entities that were one already had no row of its own, and undoing one
// merge undid what others had said. The watermark goes back so that the pass files all names and compares them anew.
inline constexpr const char* schema_v2 = R"sql(
CREATE TEMP TABLE redirect_before AS SELECT source, target FROM redirect;
DROP TABLE redirect;
CREATE TABLE redirect(
  source INTEGER NOT NULL REFERENCES entity(id),
  target INTEGER NOT NULL REFERENCES entity(id),
  PRIMARY KEY(source, target)
) WITHOUT ROWID;
CREATE INDEX redirect_target ON redirect(target);
INSERT INTO redirect(source, target) SELECT source, target FROM redirect_before;
DROP TABLE redirect_before;
CREATE TABLE name_block(
  block INTEGER NOT NULL,
  entity INTEGER NOT NULL,
  PRIMARY KEY(block, entity)
) WITHOUT ROWID;
UPDATE meta SET suggestion_watermark = 0;
)sql";

// Null in the rows of earlier versions, whose spellings stay triples. An older program would not show the new ones.
inline constexpr const char* schema_v3 = "ALTER TABLE observation ADD COLUMN spellings BLOB;";

}  // namespace commonbook::storage
