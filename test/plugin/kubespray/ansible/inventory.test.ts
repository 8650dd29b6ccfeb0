import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { proxyExceptions } from "../../../../model/cluster/inventory";
import type { Playbook } from "../../../../model/cluster/playbooks";
import { kubesprayRelease, kubesprayTags } from "../../../../model/cluster/releases";
import { compileSteps } from "../../../../model/cluster/steps/compile";
import { inventoryFiles } from "../../../../plugin/kubespray/ansible/inventory";
import { Durations, Progress } from "../../../../plugin/kubespray/ansible/progress";
import { lacksPython, requirementsOf } from "../../../../plugin/kubespray/ansible/python";
import { ansibleEnvironment, forksFor } from "../../../../plugin/kubespray/ansible/settings";
import { cannotBreakOff } from "../../../../plugin/kubespray/ansible/unbreakable";
import { cluster } from "../../../model/cluster/fixtures";
import { localContext } from "../../../support/ansible";

describe("The inventory of a run", () => {
  const context = localContext("python", { kube_version: "x", apart: { user: "u", password: "{{ p }}" }, plain: "{{ a_template }}" });

  it("has kubespray's groups in kubespray's order, and nothing called bastion", () => {
    const ssh = { user: "ubuntu", agent: true, bastion: { address: "203.0.113.9", user: "jump" } };
    const { hosts } = inventoryFiles({ ...context, ssh }) as unknown as { hosts: { all: { children: Record<string, unknown> } } };
    assert.deepEqual(Object.keys(hosts.all.children), ["kube_control_plane", "etcd", "kube_node", "calico_rr", "k8s_cluster"]);
    assert.doesNotMatch(JSON.stringify(hosts), /bastion|203\.0\.113/);
  });

  it("reaches hosts by SSH's own configuration, each by its name, user and port", () => {
    const machines = { ...context.machines, "worker-1": { machineId: "1", dialAddress: "198.51.100.7", sshUser: "admin", sshPort: 2222 } };
    const { hosts, variables } = inventoryFiles({ ...context, machines }) as unknown as {
      hosts: { all: { hosts: Record<string, Record<string, unknown>> } };
      variables: Record<string, unknown>;
    };
    const { ansible_host, ansible_ssh_host, ansible_user, ansible_port } = hosts.all.hosts["worker-1"] ?? {};
    assert.deepEqual([ansible_host, ansible_ssh_host, ansible_user, ansible_port], ["198.51.100.7", "worker-1", "admin", 2222]);
    assert.equal(variables.ansible_ssh_common_args, "");
    assert.equal(variables.kpaas_cluster, context.inventory.name, "its backups are named after it");
  });

  it("tells each kubelet which machine it runs on where its cloud's controller asks for that, beside what all are told", () => {
    const { nodes } = context.inventory;
    const registered = Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, { ...node, providerId: "aws:///a/{id}" }]));
    const variables = { ...context.inventory.variables, kubelet_config_extra_args: { maxOpenFiles: 1, secret: "{{ p }}" } };
    const inventory = { ...context.inventory, nodes: registered, variables };
    const machines = Object.fromEntries(Object.keys(nodes).map((name) => [name, { machineId: `i-${name}`, dialAddress: "198.51.100.7" }]));
    const { hosts } = inventoryFiles({ ...context, inventory, machines, secretValues: ["{{ p }}"] }) as unknown as {
      hosts: { all: { hosts: Record<string, { kubelet_config_extra_args?: unknown }> } };
    };
    for (const name of Object.keys(nodes))
      assert.deepEqual(hosts.all.hosts[name]?.kubelet_config_extra_args, {
        maxOpenFiles: 1,
        secret: { __ansible_unsafe: "{{ p }}" },
        providerID: `aws:///a/i-${name}`,
      });
    for (const host of Object.values(hostsOfContext().hosts)) assert.ok(!("kubelet_config_extra_args" in host));
  });

  it("shows hosts beside the cluster to our own playbooks alone, and a node with a task besides in both groups", () => {
    const disk = { address: "10.9.0.1", groups: ["nfs_server" as const] };
    const door = { address: "10.9.0.2", groups: [] };
    const first = context.inventory.controlPlane[0] ?? "";
    const inventory = { ...context.inventory, hosts: { disk, bastion: door, [first]: { ...disk, address: "10.9.0.3" } } };
    const machines = { ...context.machines, disk: { machineId: "disk", dialAddress: "198.51.100.8", sshPort: 2222 } };
    const hostsFor = (playbook: "cluster" | "nfs-server") =>
      (
        inventoryFiles({ ...context, inventory, machines }, { playbook }) as unknown as {
          hosts: { all: { hosts: Record<string, object>; children: Record<string, { hosts?: object }> } };
        }
      ).hosts.all;
    assert.deepEqual(hostsFor("cluster"), hostsOfContext());
    const ours = hostsFor("nfs-server");
    assert.deepEqual(Object.keys(ours.children.nfs_server?.hosts ?? {}), ["disk", first]);
    assert.deepEqual(ours.hosts.disk, {
      ip: "10.9.0.1",
      access_ip: "10.9.0.1",
      ansible_host: "198.51.100.8",
      ansible_ssh_host: "disk",
      ansible_port: 2222,
    });
    assert.deepEqual(ours.hosts[first], hostsOfContext().hosts[first]);
    assert.ok(ours.hosts.bastion && !ours.children.bastion);
  });
  const hostsOfContext = () => (inventoryFiles(context).hosts as { all: { hosts: Record<string, object> } }).all;

  it("keeps variables with secrets apart, in which the secret texts are no templates", () => {
    const { variables, secrets } = inventoryFiles({ ...context, secretVariables: ["apart"], secretValues: ["{{ p }}"] });
    assert.deepEqual(secrets, { apart: { user: "u", password: { __ansible_unsafe: "{{ p }}" } } });
    assert.deepEqual([variables.apart, variables.plain], [undefined, "{{ a_template }}"]);
  });

  it("marks the hosts that are given up, whether they are members still or not", () => {
    const { controlPlane, etcd } = context.inventory;
    const without = (names: readonly string[]) => names.filter((name) => name !== "cp-1");
    for (const inventory of [context.inventory, { ...context.inventory, controlPlane: without(controlPlane), etcd: without(etcd) }]) {
      const { hosts } = inventoryFiles({ ...context, inventory }, { playbook: "recover-control-plane", broken: ["cp-1"] }) as unknown as {
        hosts: { all: { hosts: Record<string, { etcd_member_name?: string }>; children: Record<string, unknown> } };
      };
      const { broken_kube_control_plane, broken_etcd } = hosts.all.children;
      assert.deepEqual([broken_kube_control_plane, broken_etcd], [{ hosts: { "cp-1": {} } }, { hosts: { "cp-1": {} } }]);
      assert.equal(hosts.all.hosts["cp-1"]?.etcd_member_name, "cp-1");
    }
  });

  it("names what goes through no proxy, where there is one", () => {
    const proxied = { ...context.inventory, variables: { ...context.inventory.variables, https_proxy: "http://proxy:3128" } };
    const { variables } = inventoryFiles({ ...context, inventory: proxied });
    const { no_proxy, NO_PROXY, https_proxy } = variables.kpaas_proxy_env as Record<string, string>;
    assert.deepEqual([https_proxy, no_proxy], ["http://proxy:3128", NO_PROXY]);
    const names = proxyExceptions(proxied).split(",");
    for (const [name, { address }] of Object.entries(proxied.nodes)) assert.ok(names.includes(name) && names.includes(address), name);
    for (const each of ["localhost", "10.233.0.0/18", "10.233.64.0/18", ".svc", ".cluster.local", proxied.apiEndpoint.host])
      assert.ok(names.includes(each), each);
    assert.equal(inventoryFiles(context).variables.kpaas_proxy_env, undefined);
  });
});

describe("Ansible for a tag", () => {
  it("has pinned packages with hashes for every catalogued tag", () => {
    for (const tag of kubesprayTags) {
      const release = kubesprayRelease(tag);
      assert.ok(release);
      const lines = requirementsOf(release).trimEnd().split("\n");
      for (const line of lines) assert.match(line, /^[\w.-]+==[\w.]+( ; [^-].*?)?( --hash=sha256:[0-9a-f]{64})+$/, `${tag}: ${line}`);
      for (const [name, version] of Object.entries(release.ansible.requirements))
        assert.ok(
          lines.some((line) => line.startsWith(`${name}==${version} `)),
          `${tag}: ${name}`,
        );
      const core = /^ansible-core==(\S+)/m.exec(requirementsOf(release))?.[1] ?? "";
      const number = (version: string) => version.split(".").reduce((sum, part) => sum * 1000 + Number(part), 0);
      const { minimum, below } = release.ansible.core;
      assert.ok(number(core) >= number(minimum) && number(core) < number(below), `${tag}: ${core}`);
    }
  });

  it("says which Python is missing and how to get one", function () {
    const lacking = lacksPython({ minimum: "3.98", maximum: "3.99" }, "kubespray v9");
    if (lacking === undefined) this.skip();
    assert.match(lacking, /^kubespray v9 needs Python 3\.98 to 3\.99, and (there is none on PATH|python3 is 3\.\d+): install Python 3\.99/);
  });

  it("takes nothing of the user's that changes it, and none of the engine's secrets", () => {
    const env = { PATH: "/bin", HTTPS_PROXY: "p", ANSIBLE_HOST_KEY_CHECKING: "False", PYTHONPATH: "/x", PULUMI_CONFIG_PASSPHRASE: "s" };
    const kept = ansibleEnvironment("/run/ansible.cfg", env);
    assert.deepEqual([kept.PATH, kept.HTTPS_PROXY, kept.ANSIBLE_CONFIG], ["/bin", "p", "/run/ansible.cfg"]);
    for (const name of ["ANSIBLE_HOST_KEY_CHECKING", "PYTHONPATH", "PULUMI_CONFIG_PASSPHRASE"]) assert.equal(name in kept, false, name);
  });

  it("works on as many hosts at once as the memory bears", () => {
    const gib = 2 ** 30;
    assert.deepEqual([forksFor(1, 8 * gib), forksFor(20, 8 * gib), forksFor(1000, 64 * gib), forksFor(50, gib)], [5, 20, 100, 5]);
  });
});

describe("Where a playbook is", () => {
  it("is told by tasks, host and what is left by earlier runs, not at every event", () => {
    let now = 0;
    const progress = new Progress({ tasks: 180, seconds: 180 }, () => now);
    const at = (task: string, ...hosts: string[]) => {
      now += 1_000;
      progress.take({ event: "task", name: `container-engine : ${task}` });
      return hosts.map((host) => progress.take({ event: "start", host }));
    };
    for (let index = 1; index < 41; index++) at(`task ${index}`);
    assert.deepEqual(at("download kubelet", "worker-4", "worker-5"), [
      "41 of ~180 tasks, worker-4: download kubelet, about 2 min left",
      undefined,
    ]);
    now += 600;
    const done = { event: "result", task: "t", host: "worker-4", status: "ok", seconds: 1 } as const;
    assert.equal(progress.take(done), "41 of ~180 tasks, worker-5: download kubelet, about 2 min left");
    assert.deepEqual(progress.duration, { tasks: 41, seconds: 42 });
  });

  it("shows the last of many tasks in a row too: it may be the one that takes minutes", async () => {
    const progress = new Progress(undefined);
    const begin = (name: string) => [progress.take({ event: "task", name }), progress.take({ event: "start", host: "cp-1" })];
    const shown: string[] = [];
    await progress.during(
      (text) => shown.push(text),
      async () => {
        assert.deepEqual([begin("skipped"), begin("upgrade")].flat(), [undefined, "1 tasks, cp-1: skipped", undefined, undefined]);
        await pause(1_300);
      },
    );
    assert.deepEqual(shown, ["2 tasks, cp-1: upgrade"]);
  });

  it("goes by its own pace when it is slower than before", () => {
    let now = 0;
    const progress = new Progress({ tasks: 100, seconds: 600 }, () => now);
    for (let index = 0; index < 50; index++) progress.take({ event: "task", name: "x" });
    now = 1_200_000;
    assert.equal(progress.take({ event: "start", host: "cp-1" }), "50 of ~100 tasks, cp-1: x, about 20 min left");
  });

  it("says no more of the rest when the rest was longer than before", () => {
    let now = 0;
    const progress = new Progress({ tasks: 1, seconds: 600 }, () => (now += 1_000));
    for (let index = 0; index < 3; index++) progress.take({ event: "task", name: "x" });
    assert.equal(progress.take({ event: "start", host: "cp-1" }), "3 tasks, cp-1: x");
  });

  it("goes by earlier runs of its kind: with tags a playbook does another thing", () => {
    const folder = mkdtempSync(join(tmpdir(), "kpaas-durations-"));
    const durations = new Durations(folder);
    const whole = { playbook: "cluster", tags: [] } as const;
    const proxies = { playbook: "cluster", tags: ["nginx"] } as const;
    assert.ok((durations.of(whole)?.tasks ?? 0) > 1_000);
    assert.equal(durations.of(proxies), undefined);
    durations.record(proxies, { tasks: 60, seconds: 30 });
    assert.deepEqual(durations.of(proxies), { tasks: 60, seconds: 30 });
    assert.ok((durations.of(whole)?.tasks ?? 0) > 1_000);
    rmSync(folder, { recursive: true });
  });

  it("decides whether it may be broken off: one that changes members or versions may not", () => {
    const { steps } = compileSteps(cluster(), cluster(undefined, {}, 3));
    const joins = steps.find(({ playbook }) => playbook === "cluster");
    assert.ok(joins && cannotBreakOff(joins));
    const may = (playbook: Playbook) => !cannotBreakOff({ ...joins, playbook, extraVars: {} });
    for (const name of ["facts", "cluster", "scale", "reset", "prepare-nodes"] as const) assert.ok(may(name), name);
    for (const name of ["upgrade-cluster", "remove-node", "recover-control-plane", "etcd-restore"] as const) assert.ok(!may(name), name);
  });
});
