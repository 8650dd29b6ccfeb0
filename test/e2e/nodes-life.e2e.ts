import assert from "node:assert/strict";
import { cpSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { GATEWAY, type RealNodes } from "../../dev/nodes/nodes";
import { previousKubernetes } from "../../dev/nodes/parts";
import { makePair } from "../support/certificates";
import { web } from "../support/nodes";
import { type Hosts, type ProjectOnNodes, projectForTests } from "../support/nodes-project";
import { type FileContent, merge } from "../support/plan";

const ADDRESSES = {
  ...{ "cp-1": "10.20.0.2", "cp-2": "10.20.0.3", "cp-3": "10.20.0.4", "cp-4": "10.20.0.5" },
  ...{ "worker-1": "10.20.0.7", "worker-2": "10.20.0.8" },
};
const NEWEST = "1.33.5";
const KUBECONFIG = "KUBECONFIG=/etc/kubernetes/admin.conf";

/** Two web servers of which one must stay, and a Secret. */
const OBJECTS = `${web(1)}
---
apiVersion: v1
kind: Secret
metadata: { name: canary }
stringData: { word: canary-in-the-mine }`;

/** Years of a cluster by the product's own command line, on real machines. One story, in order; kubespray is the double's. */
describe("a cluster's whole life by kpaas, on real machines", function () {
  this.timeout(1_800_000);
  let nodes: RealNodes;
  let laptop: ProjectOnNodes;
  let backups: { readonly certificate: string; readonly key: string };
  const previous = previousKubernetes();
  /** The newest that it was brought to. */
  let version = previous ?? NEWEST;
  /** Not from the start: what is on the hosts themselves leaves with them. */
  let backedUp = false;
  let hosts: Hosts = { controlPlane: ["cp-1"], workers: ["worker-1", "worker-2"] };

  const ssh = async (host: string, command: string): Promise<string> => (await nodes.ssh(host, command)).trim();
  const first = (): string => hosts.controlPlane[0] ?? "";
  const kubectl = async (command: string): Promise<string> => await ssh(first(), `${KUBECONFIG} kubectl ${command}`);
  const ready = async (): Promise<string[]> => {
    const lines = (await kubectl("get nodes --no-headers")).split("\n");
    return lines.filter((line) => / Ready /.test(line)).map((line) => line.split(" ")[0] ?? "");
  };
  const write = (changes: Partial<Hosts> = {}, content: FileContent = {}): void => {
    hosts = { ...hosts, ...changes };
    const cluster = {
      kubernetes: version,
      hardening: { auditLog: true, encryptSecrets: true },
      ...(backedUp ? { backups: { etcd: { keep: 3, encryptTo: backups.certificate, to: "local" } } } : {}),
    };
    laptop.write(hosts, merge({ cluster }, content));
  };
  /** What must hold whatever came before: the nodes, etcd and who is told of it, and that there is nothing left to do. */
  const whole = async (): Promise<void> => {
    const { controlPlane, workers } = hosts;
    assert.deepEqual(await ready(), [...controlPlane, ...workers].sort());
    const servers = controlPlane.map((host) => `https://${laptop.addresses[host]}:2379`).sort();
    for (const host of controlPlane) {
      const members = await ssh(host, "set -a; . /etc/etcd.env; etcdctl endpoint health --cluster > /dev/null && etcdctl member list");
      assert.deepEqual(
        members
          .split("\n")
          .map((line) => line.split(", ")[4])
          .sort(),
        servers,
        host,
      );
      const told = await ssh(host, "tr '\\0' '\\n' < /proc/$(pgrep -o -x kube-apiserver)/cmdline | sed -n 's/^--etcd-servers=//p'");
      assert.deepEqual(told.split(",").sort(), servers, host);
    }
    for (const worker of workers) {
      const known = await ssh(worker, "sed -n 's/^ *server \\([0-9.]*\\):6443;/\\1/p' /etc/nginx/nginx.conf");
      assert.deepEqual(known.split("\n").sort(), controlPlane.map((host) => laptop.addresses[host]).sort(), worker);
    }
    assert.match(await laptop.run("up", "seoul", "--yes", "--layer", "cluster"), /no changes/);
    assert.match(await laptop.run("cluster", "health", "seoul"), /seoul is healthy/);
    await kubectl("rollout status deployment web --timeout=180s");
    assert.equal(await kubectl("get secret canary -o jsonpath={.data.word} | base64 -d"), "canary-in-the-mine");
  };
  /** What a host bears of the cluster. Backups stay. */
  const left = (host: string): Promise<string> => {
    const paths = [
      "/etc/kubernetes",
      "/var/lib/etcd",
      "/var/lib/kubelet",
      "/var/lib/kpaas/clusters/seoul",
      "/etc/kpaas",
      "/usr/local/sbin/kpaas-*",
      "/etc/sysctl.d/90-kpaas*",
    ];
    const units = "systemctl list-unit-files --no-legend 'kpaas*' 'etcd*' 'kubelet*'";
    return ssh(host, `ls -d ${paths.join(" ")} 2> /dev/null; pgrep -l 'kubelet|etcd|containerd'; ${units}; true`);
  };
  before(async function () {
    laptop = await projectForTests.call(this, "years", ADDRESSES);
    nodes = laptop.nodes;
    const [key, certificate] = [join(laptop.root, "backup.key"), join(laptop.root, "backup.crt")];
    makePair(key, certificate);
    backups = { key, certificate: readFileSync(certificate, "utf8") };
    await nodes.boot(Object.fromEntries(Object.entries(ADDRESSES).filter(([host]) => host !== "cp-4")));
  });
  after(async () => await nodes?.down());

  it("begins with one control plane", async () => {
    write();
    await laptop.up();
    await kubectl(`apply -f - <<'EOT'\n${OBJECTS}\nEOT`);
    await whole();
  });

  it("does not lose a worker whose pods a disruption budget keeps, says why, and loses it once the budget allows it", async () => {
    await kubectl(`patch pdb web --type merge -p '{"spec":{"minAvailable":2}}'`);
    write({ workers: ["worker-1"] });
    await laptop.prepare();
    const { code, said } = await laptop.start("up", "seoul", "--yes", "--layer", "cluster").ended;
    assert.equal(code, 1, said);
    assert.match(said, /violate the pod's disruption budget/);
    assert.ok((await kubectl("get nodes -o name")).includes("node/worker-2"));
    await kubectl(`patch pdb web --type merge -p '{"spec":{"minAvailable":1}}'`);
    await laptop.run("up", "seoul", "--yes", "--layer", "cluster");
    await whole();
  });

  it("gets two more control planes, though its command is killed while they join", async () => {
    write({ controlPlane: ["cp-1", "cp-2", "cp-3"] });
    await laptop.prepare();
    const run = laptop.start("up", "seoul", "--yes", "--layer", "cluster");
    await laptop.until(run, /cluster\.yml: .*(Announce|It is) a member|cluster\.yml: .*Other control planes join/);
    await laptop.killAndGoOn(run);
    await whole();
  });

  it("stops no member of etcd while another one is down, says why, and goes on once that is back", async () => {
    await ssh("cp-3", "systemctl stop etcd");
    assert.match((await laptop.start("cluster", "health", "seoul").ended).said, /2 of 3 members are healthy: none more may fail/);
    write({}, { cluster: { controlPlane: { maintenance: { reboot: new Date().toISOString().slice(0, 10) } } } });
    await laptop.prepare();
    const { code, said } = await laptop.start("up", "seoul", "--yes", "--layer", "cluster").ended;
    assert.equal(code, 1, said);
    assert.match(said, /reboot\.yml .*it was not begun: it stops cp-1, and etcd would have 1 of 3 members left/);
    await ssh("cp-3", "systemctl start etcd");
    await laptop.run("up", "seoul", "--yes", "--layer", "cluster");
    write();
    await laptop.up();
    await whole();
  });

  it("is upgraded by one minor, though its command is killed in the middle", async function () {
    if (previous === undefined) {
      console.warn(
        `SKIPPED ${this.test?.fullTitle()}\nthere is no earlier Kubernetes: \`node dist/dev/nodes/main.js build previous\` makes one.`,
      );
      return this.skip();
    }
    // With one worker left, what must stay could go nowhere.
    await kubectl("delete pdb web");
    await laptop.run("cluster", "upgrade", "seoul", "--to", NEWEST, "--yes");
    version = NEWEST;
    await laptop.prepare();
    const run = laptop.start("up", "seoul", "--yes", "--layer", "cluster");
    await laptop.until(run, /upgrade-cluster\.yml: .*first control plane is upgraded/);
    await laptop.killAndGoOn(run);
    const kubelets = await kubectl("get nodes -o jsonpath={.items[*].status.nodeInfo.kubeletVersion}");
    assert.deepEqual([...new Set(kubelets.split(" "))], [`v${NEWEST}`]);
    await whole();
  });

  it("has its first control plane replaced by another host", async () => {
    await nodes.boot({ "cp-4": ADDRESSES["cp-4"] });
    write({ free: ["cp-4"] });
    await laptop.run("cluster", "replace-node", "seoul", "cp-1", "--with", "cp-4", "--yes");
    hosts = { ...hosts, controlPlane: ["cp-2", "cp-3", "cp-4"], free: ["cp-1"] };
    await laptop.up("--approve", "cp-1:remove", "--approve", "environment:move-endpoint");
    await whole();
    assert.equal(await left("cp-1"), "");
  });

  it("has its first control plane repaired, which lost its power and its disk", async () => {
    await nodes.destroy("cp-2");
    write();
    await laptop.run("cluster", "replace-node", "seoul", "cp-2", "--with", "cp-1", "--yes");
    hosts = { ...hosts, controlPlane: ["cp-3", "cp-4", "cp-1"], free: [] };
    await laptop.up("--approve", "cp-2:lost", "--approve", "environment:move-endpoint");
    await whole();
  });

  it("goes on with the data of the only control plane that is left, where etcd lost its quorum", async () => {
    for (const host of ["cp-3", "cp-1"]) await nodes.destroy(host);
    hosts = { ...hosts, controlPlane: ["cp-4"] };
    write();
    await laptop.up("--approve", "cp-3:lost", "--approve", "cp-1:lost", "--approve", "environment:move-endpoint");
    await whole();
  });

  it("has its certificates renewed, and everything works afterwards", async () => {
    const date = () => ssh("cp-4", "openssl x509 -noout -enddate -in /etc/kubernetes/ssl/apiserver.crt");
    const before = await date();
    await laptop.run("cluster", "renew-certificates", "seoul", "--yes");
    assert.notEqual(await date(), before);
    // The kubeconfig is another one, which the provider of the cluster's objects is told.
    await laptop.run("refresh", "seoul", "--yes");
    await laptop.run("up", "seoul", "--yes", "--layer", "cluster");
    await whole();
  });

  it("is restored from a backup after all control planes are gone: on a new host of the same name", async () => {
    backedUp = true;
    write();
    await laptop.up();
    assert.match(await ssh("cp-4", "systemctl list-timers --all"), /kpaas-etcd-backup\.timer/);
    await laptop.run("cluster", "backup", "seoul");
    const [name = ""] = (await ssh("cp-4", "ls /var/backups/kpaas-etcd")).split("\n").slice(-1);
    const kept = join(laptop.root, name);
    cpSync(join(nodes.rootOf("cp-4"), "var/backups/kpaas-etcd", name), kept);
    await kubectl("create configmap after-the-backup");
    await nodes.destroy("cp-4");
    await nodes.boot({ "cp-4": ADDRESSES["cp-4"] });
    laptop.forgetKey("cp-4");
    await laptop.run("cluster", "restore", "seoul", "--from", kept, "--key", backups.key, "--yes");
    assert.equal(await kubectl("get configmap after-the-backup --ignore-not-found"), "");
    await laptop.run("cluster", "backup", "seoul");
    // The kubeconfig is another one, which the provider of the cluster's objects is told.
    await laptop.run("refresh", "seoul", "--yes");
    await laptop.run("up", "seoul", "--yes", "--layer", "cluster");
    await whole();
  });

  it("takes a worker that loses its power in the middle of joining, once it is back", async () => {
    write({ workers: ["worker-1", "worker-2"] });
    await laptop.prepare();
    const run = laptop.start("up", "seoul", "--yes", "--layer", "cluster");
    await laptop.until(run, /scale\.yml: \d+ /);
    await nodes.powerOff("worker-2");
    const { code, said } = await run.ended;
    assert.equal(code, 1, said);
    assert.match(said, /worker-2/);
    await nodes.boot({ "worker-2": ADDRESSES["worker-2"] });
    await laptop.run("up", "seoul", "--yes", "--layer", "cluster");
    await whole();
  });

  it("is reset by a destroy after all that, and its hosts bear nothing of it", async () => {
    for (const layer of ["cluster", "infrastructure"]) await laptop.run("destroy", "seoul", "--yes", "--layer", layer);
    for (const host of [...hosts.controlPlane, ...hosts.workers]) assert.equal(await left(host), "", host);
  });
});

/** Hosts that the laptop does not reach but through another one. */
describe("a private cluster by kpaas, behind a jump host, on real machines", function () {
  this.timeout(1_800_000);
  let nodes: RealNodes;
  let laptop: ProjectOnNodes;
  const addresses = { jump: "10.20.0.9", "cp-1": "10.20.0.2", "worker-1": "10.20.0.7" };
  const inside = ["cp-1", "worker-1"];

  before(async function () {
    laptop = await projectForTests.call(this, "private", addresses);
    nodes = laptop.nodes;
    await nodes.boot(addresses);
    const closed = "nft 'add table inet shut; add chain inet shut in { type filter hook input priority -10; }'";
    const rule = `nft add rule inet shut in ip saddr ${GATEWAY} tcp dport '{ 22, 6443 }' ct state new drop`;
    for (const host of inside) await nodes.ssh(host, `${closed} && ${rule}`);
  });
  after(async () => await nodes?.down());

  it("is created, looked at, grows no change, and is taken down through it alone", async () => {
    laptop.write({ controlPlane: ["cp-1"], workers: ["worker-1"], free: ["jump"] }, { infrastructure: { existing: { bastion: "jump" } } });
    await laptop.up();
    assert.match(await laptop.run("up", "seoul", "--yes", "--layer", "cluster"), /no changes/);
    assert.match(await laptop.run("cluster", "health", "seoul"), /seoul is healthy/);
    const ready = "sudo KUBECONFIG=/etc/kubernetes/admin.conf kubectl get nodes --no-headers";
    assert.match(await laptop.run("ssh", "seoul", "cp-1", "--", ready), /cp-1 +Ready[\s\S]*worker-1 +Ready/);
    await assert.rejects(nodes.ssh("cp-1", "true"));
    for (const layer of ["cluster", "infrastructure"]) await laptop.run("destroy", "seoul", "--yes", "--layer", layer);
    for (const host of inside) await assert.rejects(nodes.ssh(host, "true"));
  });
});
