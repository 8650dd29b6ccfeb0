import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import type { Lock } from "../../model/lock";
import { engineForTests } from "../support/engine";
import { plannedFile } from "../support/environment";
import { HOSTS, hostsFile } from "../support/existing";

/** The life of an environment on hosts that are there, with a way in and an NFS server that are no nodes. One story, in order. */
describe("an environment on existing hosts, on the real engine", function () {
  this.timeout(240_000);
  const root = mkdtempSync(join(tmpdir(), "kpaas-hosts-"));
  let lock: Lock | undefined;
  const target = (workers: Record<string, unknown>, door = "10.0.0.5") => {
    const hosts = { ...HOSTS, door: { address: door }, disk: { address: "10.0.0.6" } };
    const file = hostsFile(
      { hosts, bastion: "door", nfs: "disk", firewall: "nftables" },
      {
        cluster: { controlPlane: { nodes: { cp: {} } }, pools: { worker: { nodes: workers } } },
        platform: {
          loadBalancer: { kind: "metallb", range: "10.0.0.200-10.0.0.220" },
          services: { metricsServer: false, certManager: false, mariadb: false, keycloak: false, portal: false },
        },
      },
    );
    const planned = plannedFile(file, lock);
    lock = planned.lock;
    return { plan: planned.plan, root, sandbox: true, approvals: [] };
  };
  const commands = ({ steps }: OperationResult) => steps.map((step) => (step as { command: string }).command);

  before(engineForTests);
  after(() => rmSync(root, { recursive: true, force: true }));

  it("comes up: hosts are made ready, kept apart and served before kubespray begins", async () => {
    const up = await upEnvironment(target({ a: {}, b: {} }));
    assert.deepEqual(commands(up), ["prepare-nodes.yml", "firewall.yml", "nfs-server.yml", "cluster.yml"]);
    assert.deepEqual(Object.keys(up.outputs.nodes as object).sort(), ["a", "b", "cp"]);
    assert.equal(up.outputs.kubeconfig, "[secret]");
  });

  it("has nothing to do the second time", async () => {
    const { changes, steps } = await upEnvironment(target({ a: {}, b: {} }));
    assert.deepEqual([{ ...changes, same: 0 }, steps], [{ create: 0, update: 0, replace: 0, delete: 0, same: 0 }, []]);
  });

  it("takes a worker out, whose host stays, and closes the others to it", async () => {
    const { changes, ...up } = await upEnvironment(target({ a: {} }));
    assert.deepEqual(
      [{ ...changes, same: 0 }, commands(up as OperationResult)],
      [
        { create: 0, update: 1, replace: 0, delete: 0, same: 0 },
        [
          "firewall.yml -e also_nodes=10.0.0.13",
          "remove-node.yml -e node=b -e skip_confirmation=true -e flush_iptables=false",
          "reset-ours.yml --limit b",
          "firewall.yml",
        ],
      ],
    );
  });

  it("resets the hosts at the end, and what our playbooks set up beside them", async () => {
    const told: string[] = [];
    await destroyEnvironment(target({ a: {} }), {
      onProgress: (event) => void told.push(JSON.stringify(event)),
    });
    assert.match(told.join("\n"), /reset\.yml[\s\S]*reset-ours\.yml/);
  });
});
