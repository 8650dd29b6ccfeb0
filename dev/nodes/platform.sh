# Images of what the platform's services run, in the current folder, under the names and tags that the catalogue has: Debian's own versions of
# the databases, and OpenBao where this machine has one. What stands in for an image's own script says so at its head.
mkdir images
cd images
. "$SOURCES/image/images.sh"
. "$SOURCES/debian-root.sh"
debian_root "$w/debian" ""
printf '#!/bin/sh\nexit 101\n' > "$w/debian/usr/sbin/policy-rc.d" # nothing is started where packages are installed
chmod 755 "$w/debian/usr/sbin/policy-rc.d"

database() { # IMAGE ACCOUNT PACKAGE…: a root with the packages, whose account has the number that the official images give it
  local root=$w/$1 account=$2
  shift 2
  cp -a "$w/debian" "$root"
  chroot "$root" groupadd -g 999 "$account"
  chroot "$root" useradd -u 999 -g 999 -d /nonexistent -s /bin/sh "$account"
  mkdir -p "$root/etc/postgresql-common"
  echo 'create_main_cluster = false' > "$root/etc/postgresql-common/createcluster.conf"
  install_into "$root" "$@"
  rm -rf "$root"/usr/share/{doc,man,locale,info} "$root"/var/lib/{mysql,postgresql}/* "$root/var/cache/apt" "$root/run/mysqld"
}
database mariadb mysql mariadb-server mariadb-client mariadb-backup openssl
# The official image's server looks for its settings in these folders alone, and listens everywhere.
rm -rf "$w"/mariadb/etc/mysql/mariadb.conf.d/*
cp "$SOURCES"/image/mariadb/* "$w/mariadb/usr/local/bin/"
chmod 755 "$w"/mariadb/usr/local/bin/*
database postgres postgres postgresql-15
ln -s /usr/lib/postgresql/15/bin/* "$w/postgres/usr/local/bin/"
# Keycloak's place is taken by a script, which needs MariaDB's client.
cp -a "$w/mariadb" "$w/keycloak"
mkdir -p "$w"/keycloak/opt/keycloak/{bin,data,lib/quarkus}
cp "$SOURCES/image/keycloak/kc.sh" "$w/keycloak/opt/keycloak/bin/"
chmod 755 "$w/keycloak/opt/keycloak/bin/kc.sh"
touch "$w/keycloak/opt/keycloak/lib/quarkus/build-system.properties"

pushes=$(cat <<P
push $MARIADB_IMAGE,debian "$w/mariadb" docker-entrypoint.sh
push $POSTGRESQL_IMAGE,debian "$w/postgres"
push $KEYCLOAK_IMAGE,double "$w/keycloak" /opt/keycloak/bin/kc.sh
P
)
if [ -x "$OPENBAO" ]; then
  accounts "$w/openbao"
  shell "$w/openbao" $("$DEBIAN/busybox-static/bin/busybox" --list)
  program openbao /usr/local/bin "$OPENBAO"
  for library in $(ldd "$OPENBAO" | grep -o '/[^ ]*' || true); do
    mkdir -p "$w/openbao$(dirname "$library")"
    cp -L "$BASE$library" "$w/openbao$library"
  done
  pushes="$pushes
push $OPENBAO_IMAGE \"$w/openbao\""
else
  echo "$OPENBAO is not there: no image of OpenBao is made (CONTRIBUTING.md says how it is built)" >&2
fi
pushing <<< "$pushes"
