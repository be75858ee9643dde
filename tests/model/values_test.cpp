#include "commonbook/model/document.hpp"
#include "commonbook/model/literal.hpp"
#include "commonbook/model/result.hpp"

#include <catch2/catch.hpp>

using namespace commonbook;

TEST_CASE("a literal is accepted only in the form of its type") {
  struct Row {
    LiteralType type;
    const char* text;
    bool ok;
  };
  const Row rows[] = {
      {LiteralType::integer, "-12", true},          {LiteralType::integer, "12.5", false},
      {LiteralType::integer, "", false},            {LiteralType::real, "0.1", true},
      {LiteralType::real, "1e3x", false},           {LiteralType::boolean, "true", true},
      {LiteralType::boolean, "True", false},        {LiteralType::date, "2026-01-20", true},
      {LiteralType::date, "2026-02-30", false},     {LiteralType::timestamp, "2026-01-20T15:00:00Z", true},
      {LiteralType::timestamp, "2026-01-20T16:00:00+01:00[Europe/Berlin]", true},
      {LiteralType::timestamp, "2026-01-20T16:00:00", true},
      {LiteralType::timestamp, "2026-01-20T16:00:00+0100", false},
      {LiteralType::timestamp, "2026-01-20T16:00:00Z[", false},
      {LiteralType::uri, "https://example.com/a", true}, {LiteralType::uri, "a b", false}};
  for (const Row& row : rows) {
    INFO(to_string(row.type) << " '" << row.text << "'");
    CHECK(is_well_formed({row.type, row.text}) == row.ok);
  }
}

TEST_CASE("the content hash is 128-bit FNV-1a") {
  CHECK(content_hash("") == "6c62272e07bb014262b821756295c58d");
  CHECK(content_hash("a") == "d228cb696f1a8caf78912b704e4a8964");
  CHECK(content_hash("foobar") == "343e1662793c64bf6f0d3597ba446f18");
}

TEST_CASE("an error keeps the extended SQLite code in its text") {
  CHECK(to_string(Error{ErrorCode::io, "sync failed", 1034, {}}) == "io: sync failed [sqlite 1034]");
}
