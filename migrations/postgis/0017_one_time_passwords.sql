-- A password an administrator made is known to two people: its owner chooses another one at the first
-- login, and until then nothing else is open to him.
ALTER TABLE users ADD COLUMN must_change BOOLEAN NOT NULL DEFAULT FALSE;
