-- No row from a server that does not write: another one does.
SELECT 1 AS alive WHERE current_setting('transaction_read_only') = 'off'
