-- Schema 5. Until when the certificate of the server that answered an attempt is valid; none where it is not known.
ALTER TABLE attempt ADD COLUMN certificate_not_after INTEGER;

-- An amount is looked up by its whole key: of thousands of programmes under one plan only its own rows are read.
DROP INDEX money_figure;
CREATE INDEX money_figure ON money (plan, fiscal_year, period, kind, programme, agency, span);
