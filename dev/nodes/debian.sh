# Debian packages, unpacked into the current folder, one folder each. Only systemd-nspawn is installed on the machine itself.
if ! command -v systemd-nspawn > /dev/null; then
  apt-get update -q
  DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends systemd-container
fi
apt-cache policy debootstrap | grep -q 'Candidate: [0-9]' || apt-get update -q
mkdir packages
(cd packages; apt-get download debootstrap busybox-static docker-registry runc containernetworking-plugins nginx libnginx-mod-stream libpcre2-8-0)
for package in packages/*.deb; do dpkg -x "$package" "$(basename "${package%%_*}")"; done
ls packages > packages.list
rm -r packages
