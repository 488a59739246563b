-- A try that was given up before its password was looked at.
UPDATE throttle SET pending = greatest(0, pending - 1) WHERE key = $1
