import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PlayedProject } from "../support/cluster-command";
import { temporaryFolders } from "../support/temporary";

/** The last two are no nodes: the way in, and who serves the volumes. */
const HOSTS = ["cp-1", "cp-2", "cp-3", "worker-1", "door", "disk"]
  .map((key, index) => `      ${key}: { address: 10.0.0.${index + 11} }`)
  .join("\n");
const TEXT = `name: seoul
profile: minimal
infrastructure:
  provider: existing
  network: { cidr: 10.0.0.0/24 }
  access: { ssh: { user: ubuntu, privateKey: { env: KEY } } }
  existing:
    bastion: door
    nfs: disk
    hosts:
${HOSTS}
cluster:
  controlPlane: { nodes: { cp-1: {}, cp-2: {}, cp-3: {} } }
  pools: { general: { nodes: { worker-1: {} } } }
platform:
  loadBalancer: { kind: metallb, range: 10.0.0.200-10.0.0.210 }
`;

describe("a cluster that was made by hand", function () {
  this.timeout(300_000);
  const folder = temporaryFolders();

  it("is taken over as it is: its members keep their names and order, and the next preview runs no playbook", async () => {
    process.env.KPAAS_SANDBOX_SERVER = "simulated";
    const project = new PlayedProject(folder(), TEXT);
    // Made by kubespray with its own names of members, and another control plane first.
    const lock = readFileSync(project.lockFile, "utf8");
    const { inventory } = project.plan;
    const hostvars = inventory._meta.hostvars as Record<string, Record<string, unknown>>;
    const order = ["cp-2", "cp-1", "cp-3"];
    for (const [index, name] of order.entries()) hostvars[name] = { ...hostvars[name], etcd_member_name: `etcd${index + 1}` };
    const made = { ...inventory, kube_control_plane: { hosts: order }, etcd: { hosts: order } };
    // `ansible-inventory --list` puts the variables of groups to each host.
    const { vars } = inventory.all as { vars: Record<string, unknown> };
    const all = { ...vars, supplementary_addresses_in_ssl_keys: ["10.0.0.12"], local_release_dir: "/tmp/releases" };
    for (const name of Object.keys(hostvars)) hostvars[name] = { ...all, ...hostvars[name] };
    const file = join(project.root, "inventory.json");
    writeFileSync(file, JSON.stringify(made));
    await project.makeByHand(order);

    project.recorded = undefined;
    const no = await project.command("cluster import seoul --sandbox --inventory inventory.json", ["n"]);
    assert.deepEqual([no.code, readFileSync(project.lockFile, "utf8")], [130, lock], no.stderr);
    assert.match(no.stderr, /machines\.cp-2\.order: 2 → 1/);
    assert.match(no.stderr, /not in the file, so kubespray's defaults apply .*: local_release_dir/);

    const done = await project.command("cluster import seoul --sandbox --yes --json --inventory inventory.json");
    assert.equal(done.code, 0, done.stderr);
    assert.match(readFileSync(project.lockFile, "utf8"), /etcdMember: etcd1/);
    const preview = await project.command("preview seoul --sandbox --json");
    assert.equal(preview.code, 0, preview.stderr);
    const { steps, resources } = JSON.parse(preview.stdout);
    assert.deepEqual(steps, []);
    const touched = resources.filter(({ type, op }: { type: string; op: string }) => type === "kpaas:kubespray:Cluster" && op !== "same");
    assert.deepEqual(touched, []);
    const again = await project.command("cluster import seoul --sandbox --yes --inventory inventory.json");
    assert.deepEqual([again.code, /recorded already/.test(again.stderr)], [3, true]);
  });
});
