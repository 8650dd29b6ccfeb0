#!/bin/bash
# Plays healthcheck.sh of the official image `mariadb`: --connect (over TCP, whoever may log in) and --innodb_initialized.
set -eo pipefail
own=/var/lib/mysql/.my-healthcheck.cnf
options=()
[ ! -f $own ] || options=(--defaults-extra-file=$own)
for test in "$@"; do
  case $test in
    --connect)
      said=$(mariadb "${options[@]}" -h localhost --protocol=tcp -e 'select 1' 2>&1 || true)
      if [[ $said == *"Can't connect"* ]]; then echo "healthcheck connect failed" >&2; exit 1; fi
      ;;
    --innodb_initialized)
      found=$(mariadb "${options[@]}" -BN -e "select 1 from information_schema.ENGINES where engine = 'innodb' and support in ('YES', 'DEFAULT', 'ENABLED')")
      [ "$found" = 1 ] || { echo "healthcheck innodb_initialized failed" >&2; exit 1; }
      ;;
    *) echo "Unknown healthcheck option $test" >&2; exit 1 ;;
  esac
done
