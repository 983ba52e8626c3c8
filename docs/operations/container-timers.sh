#!/bin/sh
# What the timers of systemd do on a server, for containers: backups at once and every twelve hours,
# proofs and clearing every second time. Each command notes how it ended (/settings/status/).
set -u
python=${PYTHON:-.venv/bin/python}
backups=${BACKUPS:-/backups}
umask 077

manage() { "$python" manage.py "$@"; }

backup() {
    # Not sealed means not made, like on a server.
    if [ -z "${BACKUP_KEY:-}" ]; then
        echo '{"level": "ERROR", "logger": "zhinalys.timers", "message": "no backup: BACKUP_KEY is not set"}' >&2
        return
    fi
    if manage backup "$backups/$(date -u +%Y%m%dT%H%M%SZ).age"; then
        find "$backups" -name '*.age' -mtime +31 -delete
    fi
}

daily() {
    manage verify_history
    manage verify_facts
    manage purge_access_log
    manage purge_uploads
    manage clearsessions
}

turn=0
while :; do
    backup
    if [ $((turn % 2)) -eq 0 ]; then daily; fi
    turn=$((turn + 1))
    [ "$turn" = "${TURNS:-0}" ] && exit
    sleep 43200 &
    wait $!
done
