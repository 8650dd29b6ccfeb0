#!/bin/bash
# etcd-certificates.sh FOLDER KIND:HOST:ADDRESS…: signs what is not there by etcd's own authority, which is made with the first.
set -eu
folder=$1
shift
mkdir -p -m 700 "$folder"
cd "$folder"
[ -f ca.pem ] || openssl req -x509 -newkey rsa:2048 -nodes -days 36500 -subj /CN=etcd-ca -keyout ca-key.pem -out ca.pem 2> /dev/null
for each in "$@"; do
  IFS=: read -r kind host address <<< "$each"
  [ ! -f "$kind-$host.pem" ] || continue
  openssl req -newkey rsa:2048 -nodes -subj "/CN=etcd-$kind-$host" -keyout "$kind-$host-key.pem" -out request.pem 2> /dev/null
  openssl x509 -req -in request.pem -CA ca.pem -CAkey ca-key.pem -CAcreateserial -days 36500 -out "$kind-$host.part" 2> /dev/null \
    -extfile <(printf 'subjectAltName=DNS:localhost,DNS:%s,IP:127.0.0.1,IP:%s\nextendedKeyUsage=clientAuth,serverAuth' "$host" "$address")
  mv "$kind-$host.part" "$kind-$host.pem"
  rm request.pem
  echo "signed $kind-$host"
done
