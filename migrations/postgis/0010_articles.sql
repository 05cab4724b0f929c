-- What an office says in its own words: answers to questions about services, and the messages to
-- reporters. Every change is a row; the newest one counts, the others are the history. A row without
-- a body puts the words of the program back.
CREATE TABLE articles (
    polres TEXT NOT NULL,
    category TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT,
    changed_by TEXT NOT NULL,
    changed_us BIGINT NOT NULL,
    CONSTRAINT one_article_per_version PRIMARY KEY (polres, category, version)
);

CREATE TABLE templates (
    polres TEXT NOT NULL,
    code TEXT NOT NULL,
    version BIGINT NOT NULL,
    body TEXT,
    changed_by TEXT NOT NULL,
    changed_us BIGINT NOT NULL,
    CONSTRAINT one_template_per_version PRIMARY KEY (polres, code, version)
);
