import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OperationFailedError } from "../../engine/errors";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import { registry } from "../../files/registry";
import type { KubeObject } from "../../sandbox/kubernetes/values";
import { at } from "../../sandbox/kubernetes/values";
import { PARTS } from "../../sandbox/packages";
import { CHOSEN, INFRASTRUCTURES, packageOf } from "../support/cloud-files";
import { Draining } from "../support/draining";
import { engineForTests } from "../support/engine";
import { BARE } from "../support/layers";
import { merge } from "../support/plan";
import { filesIn } from "../support/project";

/** Every cloud whose parts run in the cluster, with as many of them as it has. */
const CLOUDS = CHOSEN.flatMap((cloud) => {
  const { inCluster, can } = registry.clouds[cloud] ?? {};
  return inCluster === undefined || can === undefined ? [] : [{ cloud, inCluster, can }];
});

const uidOf = ({ metadata }: KubeObject): string => String(metadata.uid);
const metadata = (name: string) => ({ name, namespace: "default" });

for (const { cloud, inCluster, can } of CLOUDS)
  describe(`the parts of ${cloud} in the cluster, on the real engine,`, function () {
    this.timeout(600_000);
    before(engineForTests);
    let sandbox: Draining;
    afterEach(() => sandbox.dispose());

    it("make what Services and claims ask for, which goes first, and what users leave behind is named", async () => {
      const { controller, volumes } = inCluster;
      sandbox = new Draining("balanced", {
        infrastructure: merge(INFRASTRUCTURES[cloud] ?? {}, { access: { ingressCidrs: ["0.0.0.0/0"] } }),
        platform: {
          services: { metricsServer: false, certManager: false, keycloak: false, portal: false },
          // Where balancers of the infrastructure lead to the ingress, the controller is for Services.
          ...(controller && { loadBalancer: { kind: "cloud", ...(can.virtualAddresses ? {} : { services: true }) } }),
          storage: volumes ? { kind: "cloud" } : BARE.storage,
        },
      });
      const files = () => filesIn(join(sandbox.world, packageOf(cloud)));
      /** The files of the objects that were made for one in the cluster. */
      const madeFor = (uid: string): string[] => files().filter((file) => readFileSync(file, "utf8").includes(`"${uid}"`));
      const services = () => sandbox.cluster.list("v1/Service").filter((one) => at(one, "spec.type") === "LoadBalancer");
      const claims = () => sandbox.cluster.list("v1/PersistentVolumeClaim");
      const atWork = PARTS[packageOf(cloud)]?.(sandbox.world) ?? assert.fail("nobody plays its parts");

      await upEnvironment(sandbox.target());
      // What the parts have written into objects of ours is recorded.
      await upEnvironment(sandbox.target());
      const { changes } = await upEnvironment(sandbox.target());
      assert.deepEqual({ ...changes, same: 0 }, { create: 0, update: 0, replace: 0, delete: 0, same: 0 });
      const ours = [...(controller ? services() : []), ...(volumes ? claims() : [])];
      assert.ok(volumes === undefined || claims().length > 0);
      for (const one of ours) assert.ok(madeFor(uidOf(one)).length > 0, `nothing was made for ${one.metadata.name}`);
      if (controller) for (const one of services()) assert.ok(at(one, "status.loadBalancer.ingress"), "is led to");

      // In a namespace of theirs: a claim, and a Service that has the balancer which was the ingress's.
      const claim = sandbox.cluster.create({ apiVersion: "v1", kind: "PersistentVolumeClaim", metadata: metadata("files"), spec: {} });
      const parameters = volumes?.parameters(undefined, sandbox.target().plan) ?? {};
      atWork.make({ uid: uidOf(claim), sizeGiB: 1, retain: false, parameters });
      // OpenStack's stands at a port of ours: test/stacks/in-cluster.test.ts has one that a user asked for.
      const [balanced] = controller && !can.virtualAddresses ? services() : [];
      const ports = [{ port: 80 }];
      const service = sandbox.cluster.create({
        ...{ apiVersion: "v1", kind: "Service", metadata: metadata("theirs") },
        spec: { type: balanced ? "LoadBalancer" : "ClusterIP", ports },
      });
      for (const file of balanced ? madeFor(uidOf(balanced)) : [])
        writeFileSync(file, readFileSync(file, "utf8").replaceAll(`"${uidOf(balanced ?? claim)}"`, `"${uidOf(service)}"`));

      await sandbox.destroyUntilCluster();
      for (const one of ours) assert.deepEqual(madeFor(uidOf(one)), [], `${one.metadata.name} went before the machines`);
      assert.ok(files().some((file) => file.includes("/instance/")));
      const theirs = [...madeFor(uidOf(claim)), ...madeFor(uidOf(service))];
      assert.equal(theirs.length, (volumes ? 1 : 0) + (balanced ? 1 : 0));

      const failure = await destroyEnvironment(sandbox.target()).then(
        () => undefined,
        (error: unknown) => error,
      );
      if (balanced) {
        assert.ok(failure instanceof OperationFailedError, String(failure));
        const held = theirs.map((file) => JSON.parse(readFileSync(file, "utf8")));
        assert.ok(
          held.some((object) =>
            Object.values(object).some((value) => typeof value === "string" && value !== "" && failure.message.includes(value)),
          ),
          failure.message,
        );
      }
      // Their owners delete them.
      atWork.release(new Set(), new Set());
      if (failure !== undefined) await destroyEnvironment(sandbox.target());
      assert.deepEqual(files(), []);
    });
  });
