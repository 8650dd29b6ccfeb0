#!/bin/sh
# Gets a version of Keycloak into the cache (~/.cache/kpaas/keycloak/VERSION) for the long tests, from Maven Central by Maven; needs unzip:
#   dev/keycloak.sh VERSION
# or builds the real plugin of the provider that puts realms into it (~/.cache/kpaas/keycloak/provider-6.13.0), with Go:
#   dev/keycloak.sh provider PULUMI_KEYCLOAK TERRAFORM_PROVIDER_KEYCLOAK [BRIDGE]
# of clones of https://github.com/pulumi/pulumi-keycloak and https://github.com/keycloak/terraform-provider-keycloak with their tags.
# BRIDGE is a version of github.com/pulumi/pulumi-terraform-bridge/v3 (v3.120.0 has been tried), for module proxies that lack the pinned one.
# Distributions are pinned by SHA-256, the plugin's sources by commit. 26.3.5 stands for 26.3.3, which Maven Central lacks.
set -eu
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kpaas/keycloak
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

pinned() {
  found=$(git -C "$1" rev-parse "$2^{commit}")
  [ "$found" = "$3" ] || { echo "$2 is $found in $1, and not $3" >&2; exit 1; }
  mkdir -p "$4"
  git -C "$1" archive "$3" | tar -x -C "$4"
}

if [ "$1" = provider ]; then
  pinned "$2" v6.13.0 d68abf5db5169453bb74263ff28561517fbb2d11 "$work"
  pinned "$3" v5.9.0 f1724f757eb5f25d8263866776da8ecd8734831b "$work/upstream"
  cd "$work/provider"
  cp cmd/pulumi-resource-keycloak/schema.json cmd/pulumi-resource-keycloak/schema-embed.json
  if [ $# -gt 3 ]; then
    fork=$(sed -n 's|.*\(github.com/pulumi/terraform-plugin-sdk/v2 v2[^ ]*\)$|\1|p' go.mod)
    rm go.mod go.sum ./*_test.go
    go mod init github.com/pulumi/pulumi-keycloak/provider/v6
    go mod edit -replace "github.com/hashicorp/terraform-plugin-sdk/v2=$(echo "$fork" | tr ' ' @)" \
      -replace github.com/hashicorp/vault=github.com/hashicorp/vault@v1.2.0 -replace github.com/keycloak/terraform-provider-keycloak=../upstream
    export GOFLAGS=-mod=mod
    go get "github.com/pulumi/pulumi-terraform-bridge/v3@$4"
  fi
  version=github.com/pulumi/pulumi-keycloak/provider/v6/pkg/version.Version
  go build -trimpath -ldflags "-s -w -X $version=6.13.0" -o "$work/plugin" ./cmd/pulumi-resource-keycloak
  mkdir -p "$cache/provider-6.13.0"
  mv "$work/plugin" "$cache/provider-6.13.0/pulumi-resource-keycloak"
  exit
fi
version=$1
case $version in
  25.0.6) sum=cfec876e5f3c1849756ce2d4327c708ddc6e24a86ab939a69787f19b503d8e36 ;;
  26.3.5) sum=95756bdfd7540fafaf28874a8eb8d0d4c55977344a3b7821e9bd3a22bfb2b6a6 ;;
  26.7.4) sum=a286e98b4296d4e75ee88d8527c7cd463b307caa022f088c9f22cffccc741fa1 ;;
  *) echo "$version is no version whose sum is known here" >&2; exit 1 ;;
esac
mvn -q -B dependency:get -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -Dtransitive=false
mvn -q -B dependency:copy -Dartifact="org.keycloak:keycloak-quarkus-dist:$version:zip" -DoutputDirectory="$work"
archive=$work/keycloak-quarkus-dist-$version.zip
echo "$sum  $archive" | sha256sum --check --quiet
unzip -q "$archive" -d "$work"
mkdir -p "$cache"
rm -rf "${cache:?}/$version"
mv "$work/keycloak-$version" "$cache/$version"
"$cache/$version/bin/kc.sh" --version
