import assert from "node:assert/strict";
import { OperationFailedError } from "../../engine/errors";
import { destroyEnvironment, previewEnvironment, upEnvironment } from "../../engine/operations";
import { partsAtWork } from "../../sandbox/cloud/parts-at-work";
import { OPENSTACK } from "../../sandbox/openstack/cloud";
import { Store } from "../../sandbox/store";
import { Draining } from "../support/draining";
import { engineForTests } from "../support/engine";

describe("balancers and volumes of the cloud on the real engine", function () {
  this.timeout(360_000);
  before(engineForTests);
  let sandbox: Draining;
  afterEach(() => sandbox.dispose());

  it("come with Services and claims, go before the network, and what users left behind is named", async () => {
    sandbox = new Draining("balanced", {
      infrastructure: { provider: "openstack", access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] } },
      platform: {
        services: { metricsServer: false, certManager: false, portal: false },
        loadBalancer: { kind: "cloud" },
        storage: { kind: "cloud", classes: { "cp-storageclass": { type: "ssd" } } },
      },
    });
    const cloud = () => new Store(`${sandbox.world}/openstack`);
    const balancers = () =>
      cloud()
        .list("loadBalancer")
        .filter(({ service }) => service !== undefined);
    const volumes = () =>
      cloud()
        .list("volume")
        .filter(({ claim }) => claim !== undefined);
    await upEnvironment(sandbox.target());
    const { plan } = sandbox.target();
    assert.deepEqual(
      balancers().map(({ vipAddress }) => vipAddress),
      [plan.platform.ingress.address],
    );
    assert.deepEqual(
      volumes().map(({ volumeType, size }) => [volumeType, size]),
      [["ssd", 10]],
    );
    const { changes } = await previewEnvironment(sandbox.target());
    assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 0, 0, 0], "a second up has nothing to do");

    // What a user asks for in a namespace of theirs, nobody of ours waits for.
    const { cluster } = sandbox;
    const annotations = { "service.beta.kubernetes.io/openstack-internal-load-balancer": "true" };
    const metadata = { name: "theirs", namespace: "default", annotations };
    const service = cluster.create({ apiVersion: "v1", kind: "Service", metadata, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } });
    const login = cloud()
      .list("applicationCredential")
      .find(({ name }) => String(name).includes("controller"))?.id;
    const settings = `application-credential-id = "${login}"\nsubnet-id = "${cloud().list("subnet")[0]?.id}"`;
    const seen = { uid: String(service.metadata.uid), name: "default_theirs", annotations, wanted: undefined, machines: [], ranges: [] };
    const address = partsAtWork(OPENSTACK, sandbox.world).balance(seen, settings);
    assert.equal(balancers().length, 2);

    await assert.rejects(destroyEnvironment(sandbox.target()), (error: unknown) => {
      assert.ok(error instanceof OperationFailedError);
      assert.match(error.message, new RegExp(`Octavia|${address.replaceAll(".", "\\.")}`));
      return true;
    });
    assert.deepEqual([volumes().length, balancers().length], [0, 1], "ours are gone, theirs is named");
    partsAtWork(OPENSTACK, sandbox.world).release(new Set(), new Set());
    await destroyEnvironment(sandbox.target());
    assert.deepEqual(sandbox.inCloud("network"), []);
    assert.deepEqual(sandbox.inCloud("applicationCredential"), []);
  });

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
    // The rules that the controller has written are recorded, and nothing else.
    const { changes } = await previewEnvironment(sandbox.target());
    assert.deepEqual([changes.create, changes.update, changes.replace, changes.delete], [0, 1, 0, 0]);
    sandbox.change({ labels: { team: "another" } });
    await upEnvironment(sandbox.target());
    assert.ok(attached(), "a machine whose tags change keeps what the driver has attached");
    await destroyEnvironment(sandbox.target());
    for (const kind of ["loadBalancer", "disk", "virtualNetwork", "roleAssignment"]) assert.deepEqual(cloud().list(kind), []);
  });
});
