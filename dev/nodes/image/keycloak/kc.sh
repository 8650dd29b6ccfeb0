#!/bin/bash
# Stands in Keycloak's place, and is no Keycloak: it is a client of its schema and healthy as long as it is let in there. Every second it writes a
# row over a connection of its own; one more connection it holds open. `build` does nothing.
set -u
[ "${1:-}" = start ] || exit 0
www=/tmp/www
mkdir -p $www/health
printf '[mariadb-client]\nhost=%s\nport=%s\nuser=%s\npassword="%s"\ndatabase=%s\nconnect-timeout=3\n' \
  "$KC_DB_URL_HOST" "$KC_DB_URL_PORT" "$KC_DB_USERNAME" "$KC_DB_PASSWORD" "$KC_DB_URL_DATABASE" > /tmp/client.cnf
sql() { timeout 5 mariadb --defaults-file=/tmp/client.cnf -e "$1"; }
touch $www/health/live $www/health/started
(cd $www; exec openssl s_server -quiet -WWW -accept 9000 -cert "$KC_HTTPS_CERTIFICATE_FILE" -key "$KC_HTTPS_CERTIFICATE_KEY_FILE" < /dev/null > /dev/null 2>&1) &
(while :; do mariadb --defaults-file=/tmp/client.cnf -e 'SELECT SLEEP(86400)' > /dev/null 2>&1; sleep 1; done) &
trap 'kill $(jobs -p); exit 0' TERM
while :; do
  if sql "CREATE TABLE IF NOT EXISTS BEATS (AT DATETIME(3), BY_USER VARCHAR(80)); INSERT INTO BEATS VALUES (NOW(3), CURRENT_USER())"; then
    touch $www/health/ready
  else
    rm -f $www/health/ready
  fi
  sleep 1
done
