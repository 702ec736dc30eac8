#pragma once
#include <sqlite3.h>

/// Settings for a database that may come from elsewhere, which Swift cannot make: sqlite3_db_config is variadic.
///
/// Nothing in the schema may run functions with effects or change the schema's own tables, and no value may be longer than
/// `longest` bytes.
static inline void dimorph_sqlite_defend(sqlite3 *database, int longest) {
#ifdef SQLITE_DBCONFIG_DEFENSIVE
    sqlite3_db_config(database, SQLITE_DBCONFIG_DEFENSIVE, 1, (int *)0);
#endif
#ifdef SQLITE_DBCONFIG_TRUSTED_SCHEMA
    sqlite3_db_config(database, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, (int *)0);
#endif
    sqlite3_limit(database, SQLITE_LIMIT_LENGTH, longest);
}
