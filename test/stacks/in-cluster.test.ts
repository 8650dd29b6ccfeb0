import assert from "node:assert/strict";
import { OperationFailedError } from "../../engine/errors";
import { destroyEnvironment, previewEnvironment, upEnvironment } from "../../engine/operations";
import { readLoss, readRotations } from "../../engine/read";
import { fields } from "../../model/data";
import { bindToPlan } from "../../model/guard/approvals";
import { RefusedError } from "../../model/problems";
import { partsAtWork } from "../../sandbox/cloud/parts-at-work";
import { nameOf } from "../../sandbox/kubernetes/values";
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
    const file = {
      infrastructure: { provider: "openstack", access: { adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] } },
      platform: {
        services: { metricsServer: false, certManager: false, portal: false, kyverno: true, chaosMesh: true },
        loadBalancer: { kind: "cloud" },
        storage: { kind: "cloud", classes: { "cp-storageclass": { type: "ssd" } } },
        tenants: { bank: { quota: "high" }, shop: { chaos: true } },
        extra: {
          releases: { cache: { chart: "cache", repository: "https://charts.example.org", version: "1.2.3", namespace: "bank" } },
          manifests: [
            { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "rates", namespace: "bank" }, data: { base: "3.5" } },
            { apiVersion: "rbac.authorization.k8s.io/v1", kind: "ClusterRole", metadata: { name: "bank-reader" }, rules: [] },
          ],
        },
      },
    };
    sandbox = new Draining("balanced", file);
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

    // Secrets that are exchanged: an exchange that breaks off at its last step is gone on with, and another `up` has nothing to do.
    const account = () => {
      const server = sandbox.cluster.list("apps/v1/StatefulSet").find((each) => nameOf(each) === "keycloak");
      return /"KC_DB_USERNAME","value":"([^"]+)"/.exec(JSON.stringify(server))?.[1];
    };
    assert.equal(account(), "keycloak");
    sandbox.exchange(2, ["mariadb", "keycloak"]);
    sandbox.fail({ package: "kubernetes", type: "Job", name: `${plan.environment}-platform-mariadb-former-schemas`, failAt: { from: 1 } });
    await assert.rejects(upEnvironment(sandbox.target()), /mariadb-former-schemas/);
    assert.equal(account(), "keycloak_2", "everybody has the new one by then");
    assert.deepEqual(await readRotations(sandbox.target()), {}, "no number is finished that a repetition would raise again");
    sandbox.fail();
    const ended = await upEnvironment(sandbox.target());
    assert.deepEqual([ended.changes.create, ended.changes.update, ended.changes.replace], [2, 0, 0], "the rest, and nothing again");
    assert.deepEqual(await readRotations(sandbox.target()), { mariadb: 2, keycloak: 2 });
    const again = await previewEnvironment(sandbox.target());
    assert.deepEqual([again.changes.create, again.changes.update, again.changes.replace, again.changes.delete], [0, 0, 0, 0]);

    assert.deepEqual(fields(sandbox.cluster.list("v1/ConfigMap").find((each) => nameOf(each) === "rates")).data, { base: "3.5" });

    // A tenant that leaves the file takes its protected namespace along, by an approval only.
    const tenants = () =>
      sandbox.cluster
        .list("v1/Namespace")
        .map(nameOf)
        .filter((name) => ["bank", "shop"].includes(name));
    assert.equal(sandbox.cluster.list("kyverno.io/v1/ClusterPolicy").length, 7);
    const { shop: _shop, ...others } = file.platform.tenants;
    sandbox.change({ platform: { ...file.platform, tenants: others } });
    await assert.rejects(upEnvironment(sandbox.target()), RefusedError);
    assert.deepEqual(tenants(), ["bank", "shop"]);
    const wanted = sandbox.target();
    await upEnvironment({ ...wanted, approvals: [bindToPlan("environment:drop-tenant", wanted.plan)] });
    assert.deepEqual(tenants(), ["bank"]);

    const { lost } = await readLoss(sandbox.target());
    assert.ok(lost.includes("release bank/cache: what its chart made"), lost.join("\n"));

    // What a user asks for in a namespace of theirs, nobody of ours waits for.
    const { cluster } = sandbox;
    const annotations = { "service.beta.kubernetes.io/openstack-internal-load-balancer": "true" };
    const metadata = { name: "theirs", namespace: "default", annotations };
    const service = cluster.create({ apiVersion: "v1", kind: "Service", metadata, spec: { type: "LoadBalancer", ports: [{ port: 80 }] } });
    const login = cloud()
      .list("applicationCredential")
      .find(({ name }) => String(name).includes("controller"))?.id;
    const settings = `application-credential-id = "${login}"\nsubnet-id = "${cloud().list("subnet")[0]?.id}"`;
    const seen = {
      uid: String(service.metadata.uid),
      name: "default_theirs",
      annotations,
      wanted: undefined,
      nodes: [],
      machines: [],
      ranges: [],
    };
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
});
