#!/bin/sh
# Builds a version of OpenBao that the catalogue has into the cache (~/.cache/kpaas/openbao/VERSION/bao), for the long tests:
#   dev/openbao.sh CHECKOUT VERSION [KMS]
# CHECKOUT is a clone of https://github.com/openbao/openbao with its tags. Its Go module cannot be had by a version: the module's path lacks the major.
# The commit is pinned here, what it is built of by its own go.sum.
# KMS is a clone of https://github.com/openbao/go-kms-wrapping, for module proxies that lack its newer modules: they are taken from its tags instead.
set -eu
checkout=$1 version=$2 kms=${3-}
case $version in
  2.4.1) commit=efb9efa12f550e8322f3cec040862355e966f565 ;;
  2.6.2) commit=dd9c19c37a878cf4a81b18efb8d6f0599c7da923 ;;
  *) echo "$version is no version whose commit is known here" >&2; exit 1 ;;
esac
found=$(git -C "$checkout" rev-parse "v$version^{commit}")
[ "$found" = "$commit" ] || { echo "v$version is $found there, and not $commit" >&2; exit 1; }
cache=${XDG_CACHE_HOME:-$HOME/.cache}/kpaas/openbao/$version
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/source" "$work/kms"
git -C "$checkout" archive "$commit" | tar -x -C "$work/source"
cd "$work/source"
if [ -n "$kms" ]; then
  sed -n 's|^\tgithub.com/openbao/go-kms-wrapping/\(wrappers/[a-z0-9]*\)/v2 \(v[0-9.]*\).*|\1 \2|p' go.mod | while read -r module tag; do
    git -C "$kms" archive "$module/$tag" "$module" | tar -x -C "$work/kms"
    go mod edit -replace "github.com/openbao/go-kms-wrapping/$module/v2=$work/kms/$module"
  done
  export GOFLAGS=-mod=mod
fi
go build -trimpath -ldflags "-s -w -X github.com/openbao/openbao/version.fullVersion=$version" -o "$work/bao" .
mkdir -p "$cache"
mv "$work/bao" "$cache/bao"
"$cache/bao" version
