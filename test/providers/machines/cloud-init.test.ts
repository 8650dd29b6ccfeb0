import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { parse } from "yaml";
import { nfsServerUserData, nodeUserData } from "../../../model/plan/user-data";
import { cloudConfig } from "../../../providers/machines/cloud-init";
import { volumeDevices } from "../../../providers/openstack/devices";

const NFT = ["/usr/sbin/nft", "/sbin/nft"].find((path) => existsSync(path));

interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly content: string }[];
  readonly packages: readonly string[];
  readonly runcmd: readonly (readonly string[])[];
}

const ID = "0b7d8f3e-1111-4222-8333-444455556666";
const server = { devices: volumeDevices(ID), path: "/srv/nfs", clients: "10.20.0.0/16" };

function config(): CloudConfig {
  const text = cloudConfig(nfsServerUserData(server));
  assert.match(text, /^#cloud-config\n/);
  return parse(text) as CloudConfig;
}

function file(path: string): string {
  return config().write_files.find((each) => each.path === path)?.content ?? "";
}

describe("the NFS server's user data", () => {
  it("installs the server and runs the script it writes", () => {
    assert.deepEqual(config().packages, ["nfs-kernel-server"]);
    assert.deepEqual(config().runcmd, [["/usr/local/sbin/kpaas-nfs-volume"]]);
    assert.equal(file("/etc/nfs.conf.d/kpaas.conf"), "[nfsd]\nvers3=n\n");
  });

  it("writes a script that a shell takes", () => {
    const checked = spawnSync("sh", ["-n"], { input: file("/usr/local/sbin/kpaas-nfs-volume"), encoding: "utf8" });
    assert.equal(checked.stderr, "");
    assert.equal(checked.status, 0);
  });

  it("exports to the node subnet only, takes a client's root for nobody, and formats only an empty volume", () => {
    const script = file("/usr/local/sbin/kpaas-nfs-volume");
    assert.match(script, /"\/srv\/nfs 10\.20\.0\.0\/16\(rw,sync,no_subtree_check,root_squash,anonuid=65534,anongid=65534\)"/);
    assert.match(script, /^chown 65534:65534 \/srv\/nfs$/m);
    assert.match(script, /blkid \S+ >\/dev\/null \|\| mkfs\.ext4/);
    assert.ok(script.indexOf("mount /srv/nfs") < script.indexOf("exportfs"), "exports only after the mount");
  });

  it("finds the volume whatever bus the image has its disks on", () => {
    assert.deepEqual(volumeDevices(ID), [
      "/dev/disk/by-id/virtio-0b7d8f3e-1111-4222-8",
      "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_0b7d8f3e-1111-4222-8333-444455556666",
      "/dev/disk/by-id/scsi-0QEMU_QEMU_HARDDISK_0b7d8f3e-1111-4222-8",
      "/dev/disk/by-id/ata-QEMU_HARDDISK_0b7d8f3e-1111-4222-8",
      "/dev/disk/by-id/wwn-0x0b7d8f3e111142228333444455556666",
    ]);
    // The loop alone, with block devices that are there or not.
    const [loop = ""] = /until (.*); do$/m.exec(file("/usr/local/sbin/kpaas-nfs-volume"))?.slice(1) ?? [];
    for (const device of server.devices) {
      const found = spawnSync("sh", ["-c", `set -eu; ${loop.replaceAll("-b $device", `"$device" = "${device}"`)} && echo $device`], {
        encoding: "utf8",
      });
      assert.equal(found.stdout.trim(), device, found.stderr);
    }
  });

  it("never serves the folder below the mount", () => {
    assert.equal(file("/etc/systemd/system/nfs-server.service.d/kpaas.conf"), "[Unit]\nRequiresMountsFor=/srv/nfs\n");
  });

  it("refuses a path that a shell would read as more than a path", () => {
    assert.throws(() => nfsServerUserData({ ...server, path: "/srv/$(reboot)" }), /must be an absolute path/);
  });
});

describe("a node's user data", () => {
  const node = parse(cloudConfig(nodeUserData({ packages: ["nfs-common"], podCidr: "10.233.64.0/18" }))) as CloudConfig;

  it("installs what it is told and what its filter needs", () => {
    assert.deepEqual(node.packages, ["nftables", "nfs-common"]);
    assert.deepEqual(node.runcmd.at(-1), ["systemctl", "enable", "--now", "kpaas-pod-filter.service"]);
  });

  it("keeps what it forwards from the metadata, and from NFS servers but pods", () => {
    const { content = "" } = node.write_files[0] ?? {};
    assert.match(content, /hook forward/);
    assert.match(content, /ip daddr 169\.254\.169\.254 counter drop/);
    assert.match(content, /ip daddr != 10\.233\.64\.0\/18 .* dport 2049 counter drop/);
    assert.ok(node.write_files[1]?.content.includes(`nft -f ${node.write_files[0]?.path}`));
  });

  it("writes a filter that nft takes, as often as it is loaded", function () {
    if (NFT === undefined || process.getuid?.() !== 0) this.skip();
    const { content = "" } = node.write_files[0] ?? {};
    const loaded = spawnSync("unshare", ["--net", "sh", "-ec", `${NFT} -f - && ${NFT} list ruleset`], { input: content, encoding: "utf8" });
    if (/Operation not permitted|unshare failed/.test(loaded.stderr)) this.skip();
    assert.equal(loaded.status, 0, loaded.stderr);
    assert.match(loaded.stdout, /dport 2049 counter .*drop/);
  });
});
