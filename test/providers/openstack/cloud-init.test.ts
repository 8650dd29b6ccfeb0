import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { parse } from "yaml";
import { nfsServerUserData } from "../../../providers/openstack/cloud-init";

interface CloudConfig {
  readonly write_files: readonly { readonly path: string; readonly content: string }[];
  readonly packages: readonly string[];
  readonly runcmd: readonly (readonly string[])[];
}

const server = { device: "/dev/disk/by-id/virtio-0123456789abcdef0123", path: "/srv/nfs", clients: "10.20.0.0/16" };

function config(): CloudConfig {
  const text = nfsServerUserData(server);
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

  it("exports to the node subnet only and formats only an empty volume", () => {
    const script = file("/usr/local/sbin/kpaas-nfs-volume");
    assert.match(script, /"\/srv\/nfs 10\.20\.0\.0\/16\(rw,sync,no_subtree_check,no_root_squash\)"/);
    assert.match(script, /blkid \S+ >\/dev\/null \|\| mkfs\.ext4/);
    assert.ok(script.indexOf("mount /srv/nfs") < script.indexOf("exportfs"), "exports only after the mount");
  });

  it("never serves the folder below the mount", () => {
    assert.equal(file("/etc/systemd/system/nfs-server.service.d/kpaas.conf"), "[Unit]\nRequiresMountsFor=/srv/nfs\n");
  });

  it("refuses a path that a shell would read as more than a path", () => {
    assert.throws(() => nfsServerUserData({ ...server, path: "/srv/$(reboot)" }), /must be an absolute path/);
  });
});
