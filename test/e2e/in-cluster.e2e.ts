import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OperationFailedError } from "../../engine/errors";
import { destroyEnvironment, previewEnvironment, upEnvironment } from "../../engine/operations";
import { registry } from "../../files/registry";
import type { KubeObject } from "../../sandbox/kubernetes/values";
import { at } from "../../sandbox/kubernetes/values";
import { PARTS } from "../../sandbox/packages";
import { Store } from "../../sandbox/store";
import { CHOSEN, INFRASTRUCTURES, packageOf } from "../support/cloud-files";
import { Draining } from "../support/draining";
import { engineForTests } from "../support/engine";
import { BARE } from "../support/layers";
import { type FileContent, merge } from "../support/plan";
import { filesIn } from "../support/project";

/** Every cloud whose parts run in the cluster, with as many of them as it has. */
const CLOUDS = CHOSEN.flatMap((cloud) => {
  const { inCluster, can } = registry.clouds[cloud] ?? {};
  return inCluster === undefined || can === undefined ? [] : [{ cloud, inCluster, can }];
});

/** What a cloud's parts are told of besides. */
const OWN: Readonly<Record<string, FileContent>> = {
  vsphere: {
    vsphere: {
      server: "vcenter.example.org",
      storageDriver: { user: "kpaas-storage@vsphere.local", password: { env: "NOT_READ_IN_THE_SANDBOX" } },
    },
  },
};

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
        infrastructure: merge(merge(INFRASTRUCTURES[cloud] ?? {}, OWN[cloud] ?? {}), { access: { ingressCidrs: ["0.0.0.0/0"] } }),
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
      atWork.make({ uid: uidOf(claim), sizeGiB: 10, retain: false, parameters });
      // OpenStack's stands at a port of ours: test/stacks/in-cluster.test.ts has one that a user asked for.
      const [balanced] = controller && !can.virtualAddresses ? services() : [];
      const ports = [{ port: 80 }];
      const service = sandbox.cluster.create({
        ...{ apiVersion: "v1", kind: "Service", metadata: metadata("theirs") },
        spec: { type: balanced ? "LoadBalancer" : "ClusterIP", ports },
      });
      // A balancer, and on some clouds a rule of the firewall.
      const taken = balanced ? madeFor(uidOf(balanced)) : [];
      for (const file of taken)
        writeFileSync(file, readFileSync(file, "utf8").replaceAll(`"${uidOf(balanced ?? claim)}"`, `"${uidOf(service)}"`));

      await sandbox.destroyUntilCluster();
      for (const one of ours) assert.deepEqual(madeFor(uidOf(one)), [], `${one.metadata.name} went before the machines`);
      assert.ok(files().some((file) => file.includes("/instance/")));
      const theirs = [...madeFor(uidOf(claim)), ...madeFor(uidOf(service))];
      assert.equal(theirs.length, (volumes ? 1 : 0) + taken.length);

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

describe("balancers and volumes of the cloud on the real engine", function () {
  this.timeout(360_000);
  before(engineForTests);
  let sandbox: Draining;
  afterEach(() => sandbox.dispose());

  it("come as objects of ours where nobody publishes a chart of the driver, with rights to the environment's disks alone", async () => {
    sandbox = new Draining("disks", {
      infrastructure: {
        provider: "gcp",
        region: "asia-northeast3",
        zones: ["asia-northeast3-a"],
        access: { adminCidrs: ["203.0.113.0/24"] },
        gcp: { project: "acme-platform" },
      },
      platform: { services: { metricsServer: false, certManager: false, portal: false }, storage: { kind: "cloud" } },
    });
    const disks = () =>
      new Store(`${sandbox.world}/gcp`)
        .list("disk")
        .flatMap(({ claim, name, type, size }) => (claim === undefined ? [] : [[String(name).replace(String(claim), "UID"), type, size]]));
    await upEnvironment(sandbox.target());
    assert.deepEqual(disks(), [["disks-pvc-UID", "pd-balanced", 10]]);
    const { changes } = await previewEnvironment(sandbox.target());
    assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 0, 0, 0], "a second up has nothing to do");
    await destroyEnvironment(sandbox.target());
    assert.deepEqual(disks(), []);
  });

  it("come on vSphere by objects of our own, on a datastore where the driver's user may make them, and go before the machines", async () => {
    sandbox = new Draining("disks", {
      infrastructure: {
        provider: "vsphere",
        network: { cidr: "10.20.0.0/24", dns: ["10.20.0.2"], reserved: ["10.20.0.1-10.20.0.20"] },
        vsphere: {
          server: "vcenter.example.org",
          storageDriver: { user: "kpaas-storage@vsphere.local", password: { env: "NOT_READ_IN_THE_SANDBOX" } },
        },
      },
      platform: {
        services: { metricsServer: false, certManager: false, portal: false },
        storage: { kind: "cloud", classes: { "cp-storageclass": { type: "Gold" } } },
      },
    });
    const disks = () => new Store(`${sandbox.world}/vsphere`).list("firstClassDisk");
    await upEnvironment(sandbox.target());
    assert.deepEqual(
      disks().map(({ datastore, policy, size }) => [datastore, policy, size]),
      [["datastore1", "Gold", 10]],
    );
    const { changes } = await previewEnvironment(sandbox.target());
    assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 0, 0, 0], "a second up has nothing to do");
    await destroyEnvironment(sandbox.target());
    assert.deepEqual(disks(), []);
  });

  it("come so on Azure too: a balancer inside and one outside, disks on a worker that no change of ours takes off", async () => {
    const labels = { team: "platform" };
    sandbox = new Draining("balanced", {
      labels,
      infrastructure: {
        ...{ provider: "azure", region: "koreacentral", zones: ["1"] },
        access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] },
      },
      platform: {
        services: { metricsServer: false, certManager: false, portal: false },
        loadBalancer: { kind: "cloud", services: true },
        storage: { kind: "cloud", classes: { "cp-storageclass": { type: "StandardSSD_LRS" } } },
      },
    });
    const cloud = () => new Store(`${sandbox.world}/azure-native`);
    const made = () =>
      cloud()
        .list("loadBalancer")
        .filter(({ id }) => /\/services(-internal)?$/.test(id));
    const disks = () =>
      cloud()
        .list("disk")
        .filter(({ claim }) => claim !== undefined);
    const attached = () => JSON.stringify(cloud().list("instance")).includes(disks()[0]?.id ?? "none");
    await upEnvironment(sandbox.target());
    assert.equal(made().length, 2);
    assert.match(JSON.stringify(made()), new RegExp(`"privateIPAddress":"${sandbox.target().plan.platform.ingress.address}"`));
    assert.deepEqual(
      disks().map(({ sku, tags, zones }) => [sku, tags, zones]),
      [[{ name: "StandardSSD_LRS" }, { "kpaas-environment": "balanced", ...labels }, ["1"]]],
    );
    assert.ok(attached());
    const { changes } = await previewEnvironment(sandbox.target());
    assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 0, 0, 0]);
    sandbox.change({ labels: { team: "another" } });
    await upEnvironment(sandbox.target());
    assert.ok(attached(), "a machine whose tags change keeps what the driver has attached");
    await destroyEnvironment(sandbox.target());
    for (const kind of ["loadBalancer", "disk", "virtualNetwork", "roleAssignment"]) assert.deepEqual(cloud().list(kind), []);
  });
});
