"""Django's engine for SQLite with a turnstile before the one lock that writers share."""
