# Which SQLite `latest` is: the amalgamation inside an npm package, pinned by hash. FetchSqlite.cmake fetches it,
# Sqlite.cmake compiles it. Another version: `npm view better-sqlite3@VERSION dist.integrity` gives the first hash, in
# base64; the other two are sha256sum's of the files inside.
set(commonbook_sqlite_version 3.54.1)
set(commonbook_sqlite_url "https://registry.npmjs.org/better-sqlite3/-/better-sqlite3-13.2.0.tgz")
set(commonbook_sqlite_sha512
  67c43ff71fee3722b1035bf814da1dc88b51551c354de281ae68f7d89871851d1c78d70163ec0ca1bb7f06fecced3cf03c05e39d946d35a12c0139d465229665)
set(commonbook_sqlite_inside package/deps/sqlite3)
set(commonbook_sqlite_sha256_c 75a4760a7b9727a4c4c877aec92eacf39e52a8f2921ce00bd33be6d3a8e8e254)
set(commonbook_sqlite_sha256_h d6c84557261893439b341d2e6c35187ae3ea24fbfd843ad94616f72d89242b8c)
