import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { OperationFailedError } from "../../engine/errors";
import { destroyEnvironment, upEnvironment } from "../../engine/operations";
import { removeFolder } from "../../host/files";
import type { Layer } from "../../model/layers";
import type { Lock } from "../../model/lock";
import { ApiServer } from "../../sandbox/kubernetes/api-server";
import { at, nameOf, namespaceOf } from "../../sandbox/kubernetes/values";
import { environmentFile, plannedFile } from "./environment";

/** The namespaces of such an environment's services. */
export const OWN_NAMESPACES = ["ingress-nginx", "keycloak", "mariadb", "metallb-system", "nfs-provisioner"];
const claimSpec = {
  accessModes: ["ReadWriteOnce"],
  storageClassName: "cp-storageclass",
  resources: { requests: { storage: "1Gi" } },
};

/** A sandbox with one environment, whose cluster and cloud can be looked at while they are there. */
export class Draining {
  readonly root = mkdtempSync(join(tmpdir(), "kpaas-destroy-"));
  readonly world: string;
  private file: Record<string, unknown>;
  private lock: Lock | undefined;

  constructor(
    readonly name: string,
    over: Record<string, unknown>,
  ) {
    this.world = join(this.root, ".kpaas", "sandbox", "world", name);
    const services = { metricsServer: false, certManager: false, portal: false };
    this.file = environmentFile({ name, cluster: { onDelete: "reset" }, platform: { services }, ...over });
  }

  /** Says something else in the file. */
  change(over: Record<string, unknown>): void {
    this.file = { ...this.file, ...over };
  }

  /** Has the secrets of services exchanged for those of that number, as `kpaas rotate` does. */
  exchange(number: number, services: readonly string[]): void {
    if (this.lock) this.lock = { ...this.lock, rotations: Object.fromEntries(services.map((name) => [name, number])) };
  }

  target(layer?: Layer) {
    const { plan, lock } = plannedFile(this.file, this.lock);
    this.lock = lock;
    return { plan, root: this.root, sandbox: true, approvals: [], ...(layer ? { layer } : {}) };
  }

  get cluster(): ApiServer {
    return new ApiServer(join(this.world, "kubernetes"));
  }

  /** `NAMESPACE/NAME` of the claims and of the Services of type LoadBalancer. */
  cloudParts(): string[] {
    const services = this.cluster.list("v1/Service").filter((service) => at(service, "spec.type") === "LoadBalancer");
    return [...this.cluster.list("v1/PersistentVolumeClaim"), ...services].map((one) => `${namespaceOf(one)}/${nameOf(one)}`).sort();
  }

  ownNamespaces(): string[] {
    return this.cluster
      .list("v1/Namespace")
      .map(nameOf)
      .filter((name) => OWN_NAMESPACES.includes(name))
      .sort();
  }

  /** What the simulated cloud holds of one kind. */
  inCloud(kind: string): string[] {
    const folder = join(this.world, "openstack", kind);
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** What users and charts may put into the platform's own namespaces. */
  useByHand(): void {
    const { cluster } = this;
    const metadata = (name: string, namespace: string) => ({ name, namespace });
    const ports = [{ port: 80 }];
    const apiVersion = "v1";
    cluster.create({ apiVersion, kind: "Service", metadata: metadata("extra", "keycloak"), spec: { type: "LoadBalancer", ports } });
    cluster.create({ apiVersion, kind: "PersistentVolumeClaim", metadata: metadata("files", "keycloak"), spec: claimSpec });
  }

  /** Has calls fail by a rule, or none any more. */
  fail(rule?: Record<string, unknown>): void {
    const path = join(this.world, "faults.json");
    if (rule === undefined) rmSync(path);
    else writeFileSync(path, JSON.stringify({ rules: [rule] }));
  }

  /** Destroys, which is to fail when the cluster's turn has come. Gives the order in which resources went. */
  async destroyUntilCluster(): Promise<string[]> {
    const faults = join(this.world, "faults.json");
    writeFileSync(faults, JSON.stringify({ kubespray: { failStep: "reset" } }));
    const order: string[] = [];
    const onProgress = (event: { kind: string; status?: string; op?: string; name?: string }) => {
      if (event.kind === "resource" && event.status === "done") order.push(`${event.op} ${event.name}`);
    };
    await assert.rejects(destroyEnvironment(this.target(), { onProgress }), OperationFailedError);
    rmSync(faults);
    return order;
  }

  dispose(): void {
    removeFolder(this.root);
  }
}

/** The test itself: up, what users put into the services' namespaces, a destroy that fails at the cluster, and another. */
export async function drains(sandbox: Draining): Promise<void> {
  await upEnvironment(sandbox.target());
  sandbox.useByHand();
  assert.deepEqual(sandbox.cloudParts(), [
    "ingress-nginx/ingress-nginx-controller",
    "keycloak/extra",
    "keycloak/files",
    "mariadb/mariadb-data",
  ]);
  assert.deepEqual(sandbox.ownNamespaces(), OWN_NAMESPACES);
  const machines = sandbox.inCloud("instance");

  const order = await sandbox.destroyUntilCluster();
  assert.deepEqual(sandbox.cloudParts(), []);
  assert.deepEqual(sandbox.ownNamespaces(), []);
  assert.deepEqual(sandbox.inCloud("instance"), machines);
  assert.equal(sandbox.inCloud("network").length, 1);
  const place = (name: string): number => {
    const index = order.findIndex((entry) => entry.endsWith(` ${sandbox.name}-platform-${name}`));
    assert.ok(index >= 0, `${name} is not in ${order.join(", ")}`);
    return index;
  };
  assert.ok(place("mariadb-server") < place("mariadb-data"), "the pods go before the claim they hold");
  assert.ok(place("mariadb-data") < place("mariadb-namespace"));
  assert.ok(place("mariadb-namespace") < place("storage-namespace"), "who gives the volumes is there until the claims are gone");
  assert.ok(place("ingress-release") < place("metallb-namespace"), "who gives the addresses is there until they are given back");

  await destroyEnvironment(sandbox.target());
  assert.deepEqual(readdirSync(sandbox.world), []);
}
