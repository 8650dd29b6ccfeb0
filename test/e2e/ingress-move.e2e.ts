import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import type { OperationResult } from "../../engine/types";
import { bindToPlan } from "../../model/guard/approvals";
import type { Lock } from "../../model/lock";
import { ApiServer } from "../../sandbox/kubernetes/api-server";
import { at, nameOf, namespaceOf } from "../../sandbox/kubernetes/values";
import { INFRASTRUCTURES } from "../support/cloud-files";
import { engineForTests } from "../support/engine";
import { plannedFile } from "../support/environment";
import { BARE } from "../support/layers";

type Ingress = Readonly<Record<"kind" | "beside", "nginx" | "traefik" | undefined>>;

/** The way to Traefik, and back once the address has passed: what the file says in turn. */
const WAY: readonly Partial<Ingress>[] = [
  {},
  { beside: "traefik" },
  { kind: "traefik", beside: "nginx" },
  { kind: "nginx", beside: "traefik" },
  { kind: "traefik", beside: "nginx" },
  { kind: "traefik" },
];

/** Clouds by who leads to the ingress: MetalLB to its address, a balancer of the infrastructure to ports of the nodes. */
const CLOUDS = { openstack: "LoadBalancer", aws: "NodePort" } as const;

describe("Traefik in ingress-nginx's place", function () {
  this.timeout(580_000);
  before(engineForTests);

  for (const [cloud, type] of Object.entries(CLOUDS))
    it(`runs beside it, takes the address, gives it back and keeps it: ${cloud}`, async () => {
      const root = mkdtempSync(join(tmpdir(), "kpaas-ingress-"));
      const cluster = () => new ApiServer(join(root, ".kpaas", "sandbox", "world", "seoul", "kubernetes"));
      let lock: Lock | undefined;
      const target = (ingress: Partial<Ingress>, approve = false) => {
        const { plan, lock: next } = plannedFile(
          {
            name: "seoul",
            infrastructure: { ...INFRASTRUCTURES[cloud], zones: [cloud === "aws" ? "ap-northeast-2a" : "az-1"] },
            platform: { ...BARE, ingress },
          },
          lock,
        );
        lock = next;
        const approvals = approve ? [bindToPlan("environment:move-ingress", plan)] : [];
        return { plan, root, sandbox: true, approvals };
      };
      /** `NAMESPACE/NAME` of what has the address, and who the class belongs to. */
      const front = (): readonly unknown[] => {
        const met = cluster()
          .list("v1/Service")
          .filter((each) => at(each, "spec.type") === type)
          .map((each) => `${namespaceOf(each)}/${nameOf(each)}`);
        const classes = cluster()
          .list("networking.k8s.io/v1/IngressClass")
          .map((each) => `${nameOf(each)} ${String(at(each, "spec.controller"))}`);
        return [met, classes];
      };
      const NGINX = [["ingress-nginx/ingress-nginx-controller"], ["nginx k8s.io/ingress-nginx"]];
      const TRAEFIK = [["traefik/traefik"], ["nginx traefik.io/ingress-controller"]];
      try {
        for (const [step, ingress] of WAY.entries()) {
          const before = WAY[step - 1];
          const moves = before !== undefined && (before.kind ?? "nginx") !== (ingress.kind ?? "nginx");
          if (moves) await assert.rejects(upEnvironment(target(ingress)), /move-ingress/);
          const { changes }: OperationResult = await upEnvironment(target(ingress, moves));
          if (moves) assert.deepEqual([changes.create, changes.delete], [0, 0]);
          assert.deepEqual(front(), ingress.kind === "traefik" ? TRAEFIK : NGINX, JSON.stringify(ingress));
          const again = await upEnvironment(target(ingress));
          assert.deepEqual({ ...again.changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
        }
        await assert.rejects(
          upEnvironment(target({})),
          /write kind: traefik to leave it, or first bring up \{ kind: traefik, beside: nginx \}/,
        );
        await destroyEnvironment(target({ kind: "traefik" }));
      } finally {
        rmSync(root, { recursive: true, force: true });
      }
    });
});
