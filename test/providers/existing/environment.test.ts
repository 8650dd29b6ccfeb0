import assert from "node:assert/strict";
import { planContent } from "../../../files/plan-content";
import { registry } from "../../../files/registry";
import { appliedState } from "../../../model/guard/applied";
import { findDangers } from "../../../model/guard/dangers";
import { laterChanges } from "../../../model/guard/later";
import type { Lock } from "../../../model/lock";
import { Findings, type Problem } from "../../../model/problems";
import { HOSTS, hostsFile } from "../../support/existing";

function plan(content: object, lock?: Lock) {
  const { planned, problems } = planContent(
    { registry, content, whole: true, fallbackName: "metal", readLock: () => lock },
    new Findings(),
    "2025-01-01",
  );
  const told = (wanted: Problem["severity"]): string[] =>
    problems.filter(({ severity }) => severity === wanted).map(({ path, reason }) => `${path}: ${reason}`);
  return { planned, errors: told("error"), warnings: told("warning") };
}

const maps = (controlPlane: unknown, pools: unknown) => ({ cluster: { controlPlane: { nodes: controlPlane }, pools } });

describe("an environment on hosts that are there already", () => {
  it("takes addresses, zones, disks and log-ins from the hosts, and the lock keeps them", () => {
    const { planned, errors } = plan(hostsFile());
    assert.deepEqual(errors, []);
    const { plan: made, lock } = planned!;
    assert.deepEqual(
      made.machines.map(({ key, name, roles, address, zone, volumes, login }) => ({ key, name, roles, address, zone, volumes, login })),
      [
        {
          ...{ key: "cp", name: "cp", roles: ["control-plane", "etcd", "nfs"], address: "10.0.0.11", zone: undefined, volumes: [] },
          login: { address: "203.0.113.11", port: 2222 },
        },
        { key: "a", name: "a", roles: ["worker"], address: "10.0.0.12", zone: "rack-1", volumes: [], login: { user: "rocky" } },
        { key: "b", name: "b", roles: ["worker"], address: "10.0.0.13", zone: undefined, volumes: HOSTS.b.volumes, login: {} },
      ],
    );
    assert.deepEqual([made.apiEndpoint.kind, made.apiEndpoint.address, made.cluster.onDelete], ["node", "10.0.0.11", "reset"]);
    assert.deepEqual(made.platform.storage, { kind: "nfs", server: "10.0.0.11", path: "/home/share/nfs", sizeGiB: 200 });
    assert.deepEqual(made.network.subnets, [{ name: "node", cidr: "10.0.0.0/24" }]);
    assert.deepEqual([lock.image, lock.network.cloudRange, lock.retired], [undefined, undefined, {}]);
    assert.deepEqual(Object.keys(lock.machines), ["cp", "a", "b"]);
    assert.equal(plan(hostsFile(), lock).planned?.lockState, "current");
  });

  it("has a host of its own go in front of the others, or serve, where the file names one that is no node", () => {
    const hosts = { ...HOSTS, door: { address: "10.0.0.5", accessAddress: "203.0.113.5" }, disk: { address: "10.0.0.6" } };
    const { planned, errors } = plan(hostsFile({ hosts, bastion: "door", nfs: "disk" }));
    assert.deepEqual(errors, []);
    const { machines, access, flows, platform } = planned!.plan;
    assert.deepEqual(
      machines.map(({ key, group, roles }) => `${key} ${group} ${roles.join("+")}`),
      ["door bastion bastion", "cp control-plane control-plane+etcd", "a worker worker", "b worker worker", "disk nfs nfs"],
    );
    assert.deepEqual([access.bastion, access.api], [true, "bastion"]);
    assert.deepEqual(planned!.plan.cluster.hosts, {
      door: { address: "10.0.0.5", groups: [] },
      disk: { address: "10.0.0.6", groups: ["nfs_server"] },
    });
    assert.deepEqual(plan(hostsFile()).planned!.plan.cluster.hosts, { cp: { address: "10.0.0.11", groups: ["nfs_server"] } });
    assert.equal(plan(hostsFile({ nfs: undefined }, {}, {})).planned?.plan.cluster.hosts, undefined);
    assert.ok(flows.some(({ from, to, ports }) => from === "bastion" && to === "nodes" && ports.join() === "22,2222"));
    assert.equal(platform.storage.kind === "nfs" && platform.storage.server, "10.0.0.6");
    const both = plan(hostsFile({ bastion: "cp" })).planned!.plan.machines[0];
    assert.deepEqual(both?.roles, ["control-plane", "etcd", "bastion", "nfs"]);
  });

  it("says which hosts must be named, and where", () => {
    assert.deepEqual(plan(hostsFile({}, maps(1, { worker: { nodes: 2 }, more: {} }))).errors, [
      "cluster.controlPlane.nodes: must name hosts: a number would have to be made",
      "cluster.pools.more.nodes: is required: the machines are there already, so the file says which",
      "cluster.pools.worker.nodes: must name hosts: a number would have to be made",
    ]);
    assert.deepEqual(plan(hostsFile({}, { cluster: {} })).errors, [
      "cluster.controlPlane.nodes: is required: the machines are there already, so the file says which",
      "cluster.pools: is required: the machines are there already, so the file says which are workers",
    ]);
    assert.deepEqual(plan(hostsFile({}, maps({ cp: {} }, { worker: { nodes: { a: {}, bb: {} } } }))).errors, [
      'cluster.pools.worker.nodes.bb: "bb" is none of the hosts of infrastructure.existing.hosts; did you mean "b"?',
    ]);
    assert.deepEqual(plan(hostsFile({}, maps({ cp: {} }, { one: { nodes: { a: {} } }, two: { nodes: { a: {}, b: {} } } }))).errors, [
      'cluster.pools.two.nodes: the machine key "a" is taken already by cluster.pools.one; each host has one place',
    ]);
    const twice = { controlPlane: { nodes: { cp: {} } }, etcd: { placement: "external", nodes: { cp: {}, a: {}, b: {} } } };
    assert.deepEqual(plan(hostsFile({}, { cluster: { ...twice, pools: { worker: { nodes: { a: {} } } } } })).errors, [
      'cluster.etcd.nodes: the machine key "cp" is taken already by cluster.controlPlane; each host has one place',
      'cluster.pools.worker.nodes: the machine key "a" is taken already by cluster.etcd; each host has one place',
    ]);
    const spare = plan(hostsFile({}, maps({ cp: {} }, { worker: { nodes: { a: {} } } })));
    assert.deepEqual(spare.errors, []);
    assert.ok(spare.warnings.includes("infrastructure.existing.hosts.b: nothing names this host, so nothing is done with it"));
  });

  it("has each disk of a host once, by a name of its own", () => {
    const disk = { name: "data", device: "/dev/disk/by-id/x" };
    assert.deepEqual(plan(hostsFile({ hosts: { ...HOSTS, b: { ...HOSTS.b, volumes: [disk, disk] } } })).errors, [
      "infrastructure.existing.hosts.b.volumes.1.device: is the device of another volume of the host already",
      "infrastructure.existing.hosts.b.volumes.1.name: is the name of another volume of the host already",
    ]);
  });

  it("takes the keys of an agent in place of a key, and a password for sudo; machines that are made need neither", () => {
    const ssh = { agent: true, sudoPassword: { env: "SUDO" } };
    const own = plan(hostsFile({}, {}, { access: { ssh } }));
    assert.deepEqual([own.errors, own.planned?.plan.access.ssh], [[], { user: "ubuntu", ...ssh }]);
    const made = plan({ name: "made", infrastructure: { provider: "openstack", access: { ssh } } });
    assert.deepEqual(
      made.errors.map((error) => error.split(":")[0]),
      ["infrastructure.access.ssh.agent", "infrastructure.access.ssh.sudoPassword"],
    );
  });

  it("asks for what nobody else knows, all at once", () => {
    const { errors } = plan({ ...hostsFile({ nfs: undefined }, { platform: {} }, { network: {}, access: {} }) });
    assert.deepEqual(
      errors.map((error) => error.split(":")[0]),
      ["infrastructure.access.ssh.privateKey", "infrastructure.network.cidr", "platform.loadBalancer.range", "platform.storage"],
    );
    assert.deepEqual(
      plan({ name: "metal", infrastructure: { provider: "existing" } }).errors.map((error) => error.split(":")[0]),
      [
        "infrastructure.access.ssh.privateKey",
        "infrastructure.existing.hosts",
        "infrastructure.network.cidr",
        "platform.loadBalancer.range",
        "platform.storage",
      ],
    );
  });

  it("refuses what machines and networks are made by, rather than to take no notice of it", () => {
    const made = {
      region: "r",
      zones: ["z"],
      image: "i",
      credentials: { env: "C" },
      network: {
        cidr: "10.0.0.0/24",
        gateway: "10.0.0.1",

        existing: { network: "n", subnets: { node: "s" } },
      },
      access: { bastion: true, ssh: { publicKey: "ssh-ed25519 AAAA", keyPair: "k", privateKey: { env: "K" } } },
      openstack: {},
    };
    const node = { zone: "z", address: "10.0.0.9", size: "s", generation: 2 };
    const pool = { nodes: { a: node }, size: "s", spread: true, volumes: [{ name: "v", sizeGiB: 1 }] };
    const over = {
      cluster: { controlPlane: { nodes: { cp: node }, size: "s" }, pools: { worker: pool } },
      platform: { loadBalancer: { kind: "metallb", range: "10.0.0.200-10.0.0.220" }, storage: { kind: "nfs", size: "s", sizeGiB: 5 } },
    };
    const paths = new Set(plan(hostsFile({}, over, made)).errors.map((error) => error.split(":")[0]));
    for (const path of [
      ...["region", "zones", "image", "credentials", "network.gateway", "network.existing", "access.bastion"],
      ...["access.ssh.publicKey", "access.ssh.keyPair", "openstack"],
    ])
      assert.ok(paths.has(`infrastructure.${path}`), path);
    for (const field of ["zone", "address", "size", "generation"])
      for (const map of ["controlPlane.nodes.cp", "pools.worker.nodes.a"])
        assert.ok(paths.has(`cluster.${map}.${field}`), `${map}.${field}`);
    for (const field of ["pools.worker.size", "pools.worker.spread", "pools.worker.volumes", "controlPlane.size"])
      assert.ok(paths.has(`cluster.${field}`), field);
    for (const field of ["size", "sizeGiB"]) assert.ok(paths.has(`platform.storage.${field}`), field);
  });

  it("finds what is wrong between hosts", () => {
    const broken = (hosts: object): string[] => plan(hostsFile({ hosts: { ...HOSTS, ...hosts } })).errors;
    assert.deepEqual(broken({ c: { address: "10.0.0.12" } }), [
      "infrastructure.existing.hosts.c.address: is the address of the host a already",
    ]);
    assert.deepEqual(broken({ b: { address: "10.0.0.13", accessAddress: "203.0.113.11", port: 2222 } }), [
      "infrastructure.existing.hosts.b.accessAddress: is the way in of the host cp already",
    ]);
    assert.deepEqual(broken({ b: { address: "10.0.0.13", accessAddress: "203.0.113.11", port: 2223 } }), []);
    assert.deepEqual(broken({ b: { address: "10.233.64.9" } }), [
      "cluster.network.podCidr: holds 10.233.64.9, the address of a host (infrastructure.existing.hosts.b.address)",
      "infrastructure.existing.nfs: gives its share to 10.0.0.0/24 only, and b is outside",
    ]);
    assert.match(broken({ b: { address: "127.0.0.1" } }).join(), /hosts\.b\.address: is what each machine calls itself/);
    assert.match(broken({ b: { address: "10.0.0.205" } }).join(), /loadBalancer\.range: contains 10\.0\.0\.205, the address of the host b/);
    assert.match(
      broken({ b: { address: "10.0.0.13", volumes: [{ name: "x", device: "/dev/sdb" }] } }).join(),
      /volumes\.0\.device: must be a path below \/dev\/disk\/by-id\//,
    );
    const away = { ...HOSTS, a: { address: "172.16.5.2" }, b: { address: "172.16.5.3" } };
    assert.match(plan(hostsFile({ hosts: away })).errors.join(), /infrastructure\.network\.cidr: no worker is in it/);
    // One host that cannot be read hides nothing of the others.
    assert.deepEqual(broken({ c: {}, d: { address: "10.0.0.12" } }).length, 2);
  });

  it("warns of nobody who is locked out where nothing is", () => {
    const unreachable = (firewall: string): boolean =>
      plan(hostsFile({ firewall })).warnings.some((warning) => warning.startsWith("infrastructure.access.adminCidrs"));
    assert.deepEqual([unreachable("none"), unreachable("nftables")], [false, true]);
  });

  it("is told from what stands: what may change on a host, and what is another host", () => {
    const before = plan(hostsFile()).planned!;
    const applied = appliedState(before.plan);
    const dangers = (existing: object, over: object = {}): string[] => {
      const { planned, errors } = plan(hostsFile(existing as Record<string, unknown>, over as Record<string, unknown>), before.lock);
      assert.deepEqual(errors, []);
      assert.deepEqual(laterChanges(applied, planned!.plan), []);
      return findDangers(applied, planned!.plan, before.plan.cluster).map(({ key, action, path }) => `${key} ${action} ${path}`);
    };
    const changed = (key: keyof typeof HOSTS, more: object) => ({ hosts: { ...HOSTS, [key]: { ...HOSTS[key], ...more } } });
    assert.deepEqual(dangers(changed("a", { zone: "rack-2", user: "core", port: 22022, accessAddress: "203.0.113.12", volumes: [] })), []);
    assert.deepEqual(dangers(changed("b", { volumes: undefined })), []);
    assert.deepEqual(dangers(changed("a", { address: "10.0.0.99" })), ["a never infrastructure.existing.hosts.a.address"]);
    assert.deepEqual(dangers(changed("cp", { address: "10.0.0.99" })).includes("cp never infrastructure.existing.hosts.cp.address"), true);
    const pools = (nodes: object) => maps({ cp: {} }, nodes);
    assert.deepEqual(dangers({}, pools({ worker: { nodes: { a: {} } }, more: { nodes: { b: {} } } })), []);
    assert.deepEqual(dangers({}, pools({ worker: { nodes: { a: {} } } })), []);
    assert.deepEqual(dangers({ bastion: "b" }), []);
  });

  it("lets a host come back under another name only once it has left", () => {
    const { lock } = plan(hostsFile()).planned!;
    const { b, ...rest } = HOSTS;
    const renamed = hostsFile({ hosts: { ...rest, c: b } }, maps({ cp: {} }, { worker: { nodes: { a: {}, c: {} } } }));
    assert.deepEqual(plan(renamed, lock).errors, ["infrastructure.existing.hosts.c.address: is held by the machine b until it is gone"]);
    const without = hostsFile({ hosts: rest }, maps({ cp: {} }, { worker: { nodes: { a: {} } } }));
    const left = plan(without, lock).planned!;
    assert.deepEqual(plan(renamed, left.lock).errors, []);
  });
});
