-- one row a body, named by the SHA-256 of its bytes as received

CREATE TABLE body (
    sha256 TEXT PRIMARY KEY,
    size INTEGER NOT NULL,
    codec TEXT NOT NULL,
    data BLOB NOT NULL
) STRICT;
