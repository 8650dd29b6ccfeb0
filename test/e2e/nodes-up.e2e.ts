import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { REGISTRY, type RealNodes } from "../../dev/nodes/nodes";
import { keyFile } from "../../dev/nodes/parts";
import { ProjectOnNodes, projectForTests } from "../support/nodes-project";

const ADDRESSES = { "cp-1": "10.20.0.2", "worker-1": "10.20.0.3", "worker-2": "10.20.0.4" };
const KUBECTL = "kubectl --kubeconfig /etc/kubernetes/admin.conf";
/** The hosts keep out what the plan does not allow; the laptop is where it says. */
const GUARDED = { infrastructure: { access: { adminCidrs: ["10.20.0.1/32"] }, existing: { firewall: "nftables" } } };

describe("three hosts and a key, on real machines", function () {
  this.timeout(1_200_000);
  let nodes: RealNodes;
  let laptop: ProjectOnNodes;
  const hosts = (...workers: readonly string[]) => ({ controlPlane: ["cp-1"], workers });
  const ready = async () => {
    const lines = (await nodes.ssh("cp-1", `${KUBECTL} get nodes --no-headers`)).trim().split("\n");
    return lines.filter((line) => / Ready/.test(line)).map((line) => line.split(" ")[0]);
  };

  before(async function () {
    laptop = await projectForTests.call(this, "up", ADDRESSES);
    nodes = laptop.nodes;
    await nodes.boot(ADDRESSES);
  });
  after(async () => await nodes?.down());

  it("become a cluster by `kpaas up`, and the second one has nothing to do", async () => {
    laptop.write(hosts("worker-1"), GUARDED);
    assert.match(await laptop.up(), /seoul is up/);
    assert.deepEqual(await ready(), ["cp-1", "worker-1"]);
    assert.match(await laptop.run("up", "seoul", "--yes", "--layer", "cluster"), /no changes/);
    assert.match(await laptop.run("cluster", "health", "seoul"), /seoul is healthy/);
  });

  it("keep out what the plan does not allow, and nothing that kube-proxy and pods need", async () => {
    await nodes.ssh(
      "cp-1",
      `${KUBECTL} create deployment web --image=${REGISTRY}/library/busybox:1.35 --replicas=2 -- httpd -f -p 8080 -h /etc`,
    );
    await nodes.ssh(
      "cp-1",
      `${KUBECTL} rollout status deployment web --timeout=180s && ${KUBECTL} expose deployment web --port 80 --target-port 8080`,
    );
    const service = (await nodes.ssh("cp-1", `${KUBECTL} get service web -o jsonpath={.spec.clusterIP}`)).trim();
    const pods = (await nodes.ssh("cp-1", `${KUBECTL} get pods -l app=web -o jsonpath={.items[*].status.podIP}`)).trim().split(" ");
    // By the Service and past it, from a host and from a pod; the API server and its own kubelet's host, from a pod.
    for (const url of [service, ...pods.map((pod) => `${pod}:8080`)])
      await nodes.ssh("cp-1", `curl -sf --max-time 5 http://${url}/hostname`);
    const inPod = (command: string) => nodes.ssh("cp-1", `${KUBECTL} exec deployment/web -- ${command}`);
    for (const host of [`${service} 80`, "10.233.0.1 443", "10.20.0.2 6443", "10.20.0.3 10250"])
      await inPod(`busybox nc -w 5 ${host} -e busybox true`);
    const reached = async (from: "laptop" | "cp-1", port: number) => {
      const command = `timeout 3 bash -c '< /dev/tcp/10.20.0.3/${port}' 2> /dev/null && echo yes || echo no`;
      return (from === "laptop" ? await nodes.run("bash", ["-c", command]) : await nodes.ssh(from, command)).trim();
    };
    assert.deepEqual(await Promise.all([22, 10_250, 10_256].map((port) => reached("laptop", port))), ["yes", "no", "no"]);
    assert.equal(await reached("cp-1", 10_250), "yes");
    await nodes.ssh("cp-1", `${KUBECTL} delete deployment,service web --wait`);
  });

  it("are one laptop's at a time; a run that is killed in the middle is gone on with", async () => {
    laptop.write(hosts("worker-1", "worker-2"), GUARDED);
    await laptop.prepare();
    const other = new ProjectOnNodes(join(nodes.folder, "other"), nodes, ADDRESSES);
    cpSync(laptop.root, other.root, { recursive: true, filter: (path) => !path.endsWith("/.kpaas") });
    other.wire();
    const run = laptop.start("up", "seoul", "--yes", "--layer", "cluster");
    await laptop.until(run, /scale\.yml: \d+ /);
    const refused = await other.start("up", "seoul", "--yes", "--layer", "cluster").ended;
    assert.notEqual(refused.code, 0);
    assert.match(refused.said, /another run is working on this cluster/);
    await laptop.killAndGoOn(run);
    assert.deepEqual(await ready(), ["cp-1", "worker-1", "worker-2"]);
  });

  it("give a worker up, drained, though the command is killed in the middle", async () => {
    laptop.write(hosts("worker-2"), GUARDED);
    await laptop.prepare();
    const run = laptop.start("up", "seoul", "--yes", "--layer", "cluster");
    await laptop.until(run, /\[2\/4\] remove-node\.yml/);
    await laptop.killAndGoOn(run);
    assert.deepEqual(await ready(), ["cp-1", "worker-2"]);
    assert.equal(await nodes.ssh("worker-1", "ls -d /etc/kubernetes /etc/kpaas /etc/sysctl.d/90-kpaas* 2> /dev/null; true"), "");
  });

  it("take it back, though its network goes away while it joins", async () => {
    laptop.write(hosts("worker-1", "worker-2"), GUARDED);
    await laptop.prepare();
    const link = (state: "down" | "up") => nodes.run("ip", ["link", "set", "vb-worker-1", state]);
    const run = laptop.start("up", "seoul", "--yes", "--layer", "cluster");
    await laptop.until(run, /scale\.yml: \d+ /);
    await link("down");
    const { code, said } = await run.ended;
    await link("up");
    assert.equal(code, 1, said);
    assert.match(said, /worker-1/);
    await laptop.run("up", "seoul", "--yes", "--layer", "cluster");
    assert.deepEqual(await ready(), ["cp-1", "worker-1", "worker-2"]);
    assert.match(await laptop.run("up", "seoul", "--yes", "--layer", "cluster"), /no changes/);
  });

  it("are reset by a destroy, and bear nothing of it; the key was written nowhere", async () => {
    const key = readFileSync(keyFile(), "utf8").split("\n")[1] ?? "";
    const files = readdirSync(join(laptop.root, ".kpaas"), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    for (const { parentPath, name } of files) assert.ok(!readFileSync(join(parentPath, name), "utf8").includes(key), name);
    for (const layer of ["cluster", "infrastructure"]) await laptop.run("destroy", "seoul", "--yes", "--layer", layer);
    for (const name of nodes.names()) {
      const paths = "/etc/kubernetes /var/lib/etcd /var/lib/kubelet /var/lib/kpaas/clusters/seoul";
      assert.equal(await nodes.ssh(name, `ls -d ${paths} 2> /dev/null; pgrep -l 'kubelet|etcd|containerd'; true`), "", name);
    }
    rmSync(laptop.root, { recursive: true });
  });
});
