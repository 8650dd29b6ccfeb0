#!/bin/bash
# Plays the entrypoint of the official image `mariadb` (github.com/MariaDB/mariadb-docker), as far as the platform asks for it: a first start with
# MARIADB_ROOT_PASSWORD[_FILE], MARIADB_ROOT_HOST=localhost and /docker-entrypoint-initdb.d/*.sql, the account that healthcheck.sh logs in with,
# MARIADB_AUTO_UPGRADE. As there, the server's arguments count for the first start too, and a folder `mysql` among the data says that it was.
set -eo pipefail
shopt -s nullglob
case ${1:-} in -*|'') set -- mariadbd "$@" ;; esac
[ "$1" = mariadbd ] || exec "$@"
data=/var/lib/mysql socket=/run/mysqld/mysqld.sock
password=${MARIADB_ROOT_PASSWORD:-}
[ -z "${MARIADB_ROOT_PASSWORD_FILE:-}" ] || password=$(cat "$MARIADB_ROOT_PASSWORD_FILE")
unset MARIADB_ROOT_PASSWORD MARIADB_ROOT_PASSWORD_FILE
client() { mariadb --protocol=socket --socket=$socket --user=root --database=mysql "$@"; }
quoted() { sed "s/[\\\\']/\\\\&/g" <<< "$1"; }
start() { # ARGUMENT…: a server that nobody reaches but this script
  "$@" --skip-networking --socket=$socket --expire-logs-days=0 &
  server=$!
  for _ in $(seq 30); do
    client -e 'SELECT 1' > /dev/null 2>&1 && return
    kill -0 $server || break
    sleep 1
  done
  echo "the server of the first start does not answer" >&2
  exit 1
}
stop() { kill $server; wait $server; }
healthcheck() {
  local secret host
  secret=$(openssl rand -hex 16)
  for host in 127.0.0.1 ::1 localhost; do
    echo "CREATE USER IF NOT EXISTS healthcheck@'$host' IDENTIFIED BY '$secret'; ALTER USER healthcheck@'$host' IDENTIFIED BY '$secret';"
  done
  (umask 077; printf '[mariadb-client]\nport=3306\nsocket=%s\nuser=healthcheck\npassword=%s\nprotocol=tcp\n' $socket "$secret" > $data/.my-healthcheck.cnf)
}
if [ ! -d $data/mysql ]; then
  [ -n "$password" ] || { echo "MARIADB_ROOT_PASSWORD is not set" >&2; exit 1; }
  mariadb-install-db --datadir=$data --rpm --auth-root-authentication-method=normal "${@:2}" --skip-test-db --skip-log-bin
  start "$@"
  # install-db gives root no password, and makes it on more hosts than one.
  client <<< "DROP USER IF EXISTS root@'127.0.0.1', root@'::1'; EXECUTE IMMEDIATE CONCAT('DROP USER IF EXISTS root@\\'', @@hostname, '\\'');"
  { echo "SET PASSWORD FOR root@localhost = PASSWORD('$(quoted "$password")');"; healthcheck; } | client
  export MYSQL_PWD=$password
  for file in /docker-entrypoint-initdb.d/*.sql; do client < "$file"; done
  unset MYSQL_PWD
  stop
elif [ -n "${MARIADB_AUTO_UPGRADE:-}" ] && mariadb-upgrade --check-if-upgrade-is-needed --socket=$socket > /dev/null 2>&1; then
  start "$@" --skip-grant-tables
  { echo 'FLUSH PRIVILEGES;'; healthcheck; } | client
  mariadb-upgrade --upgrade-system-tables --socket=$socket
  stop
fi
exec "$@"
