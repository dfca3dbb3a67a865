#!/bin/sh
# Makes ../storefront.tar, the image that the README scans: Debian packages, npm packages and a Go binary, each with the
# real tool, at versions with known vulnerabilities. Needs root, apt with Debian 12 sources, golang-go, npm, skopeo and a
# running Docker Engine. The image is data to be scanned; nothing in it is ever run.
set -eu
here=$(dirname "$(readlink -f "$0")")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/Dockerfile "$here"/package.json "$work"
cd "$work"

mkdir -p debs rootfs/var/lib/dpkg/status.d
(cd debs && apt-get download base-files libc6=2.36-9+deb12u7 libssl3=3.0.17-1~deb12u2 libexpat1=2.5.0-1+deb12u2)
for deb in debs/*.deb; do
  dpkg-deb -x "$deb" rootfs
  name=$(dpkg-deb -f "$deb" Package)
  dpkg-deb -f "$deb" > "rootfs/var/lib/dpkg/status.d/$name"
  dpkg-deb -I "$deb" md5sums > "rootfs/var/lib/dpkg/status.d/$name.md5sums"
done
find rootfs/usr/share/doc -type f ! -name copyright -delete
rm -rf rootfs/usr/share/lintian rootfs/usr/lib/x86_64-linux-gnu/gconv rootfs/usr/share/base-files

CGO_ENABLED=0 go build -trimpath -ldflags='-s -w' -o probe "$here/probe.go"
npm install --ignore-scripts --no-audit --no-fund --omit=dev

docker build -t storefront:1.0 .
skopeo copy --format oci docker-daemon:storefront:1.0 "oci-archive:$work/storefront.tar:storefront:1.0"
mv "$work/storefront.tar" "$here/../storefront.tar"
