-- dictionaries that pages of one host are packed with, and what `gongkai compact` has not looked at yet

-- named by the beginning of the SHA-256 of its bytes; never changed, never deleted
CREATE TABLE dictionary (
    name TEXT PRIMARY KEY,
    host TEXT NOT NULL,
    size INTEGER NOT NULL,
    data BLOB NOT NULL
) STRICT;
CREATE INDEX dictionary_host ON dictionary(host);

-- what `codec` needs to unpack: the name of a dictionary, or of the body that this one is told apart from
ALTER TABLE body ADD COLUMN base TEXT;
ALTER TABLE body ADD COLUMN compacted INTEGER NOT NULL DEFAULT 0;
CREATE INDEX body_compacted ON body(sha256) WHERE NOT compacted;
CREATE INDEX body_base ON body(base) WHERE codec = 'zstd-delta';
