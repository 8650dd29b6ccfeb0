import assert from "node:assert/strict";
import { deletedBy, keptByProtection, saysProtected } from "../../../engine/state/protection";
import type { Danger } from "../../../model/guard/danger";
import { environmentFile, plannedFile } from "../../support/environment";

const danger = (key: string, action: Danger["action"], path = ""): Danger => ({ key, action, path, reason: "", remedy: "" });

const urn = (chain: string, name: string): string => `urn:pulumi:demo::kpaas::kpaas:index:Environment$${chain}::${name}`;
const volume = (key: string, name: string, protect = true) => ({
  urn: urn("kpaas:openstack:Infrastructure$openstack:blockstorage/volume:Volume", `demo-${key}-${name}`),
  type: "openstack:blockstorage/volume:Volume",
  protect,
  inputs: { metadata: { "kpaas-key": key, "kpaas-volume": name } },
});
const claim = (service: string) => ({
  urn: urn(`kpaas:index:Platform$kpaas:platform:${service}$kubernetes:core/v1:PersistentVolumeClaim`, `demo-${service}-data`),
  type: "kubernetes:core/v1:PersistentVolumeClaim",
  parent: urn(`kpaas:index:Platform$kpaas:platform:${service}`, `demo-platform-${service.toLowerCase()}`),
  protect: true,
  inputs: { metadata: { name: "data" } },
});

describe("A protected resource that no approval lets go", () => {
  it("is a refusal that names the field, the resource and the way out", () => {
    const { path, reason, remedy } = keptByProtection("demo", volume("a", "data").urn);
    assert.equal(path, "protect");
    assert.match(reason, /^openstack:blockstorage\/volume:Volume demo-a-data would be deleted/);
    assert.notEqual(remedy, "");
  });

  it("is told by the engine's words", () => {
    assert.ok(saysProtected('resource "urn:pulumi:x" cannot be deleted\nbecause it is protected. To unprotect the resource,'));
    assert.ok(!saysProtected("is protected by a passphrase"));
  });
});

describe("The protected resources that an approved change deletes", () => {
  // `a` keeps the volume `logs`; `b` has left the file; `data` has left `a`.
  const { plan } = plannedFile(
    environmentFile({ cluster: { pools: { worker: { nodes: { a: {} }, volumes: [{ name: "logs", sizeGiB: 10 }] } } } }),
  );
  const all = [
    volume("a", "logs"),
    volume("a", "data"),
    volume("b", "data"),
    volume("b", "unprotected", false),
    claim("MariaDb"),
    claim("Harbor"),
  ];
  const named = (...dangers: readonly Danger[]) => deletedBy(dangers, plan, all).map((one) => one.slice(one.lastIndexOf("::") + 2));

  it("are all volumes of a machine that is removed", () => {
    assert.deepEqual(named(danger("b", "remove")), ["demo-b-data"]);
  });

  it("are the volumes of a machine that its file no longer has", () => {
    assert.deepEqual(named(danger("a", "discard-volume")), ["demo-a-data"]);
  });

  it("are the database's claims, and no other service's, when the database goes", () => {
    assert.deepEqual(named(danger("environment", "drop-database", "platform.services.mariadb")), ["demo-MariaDb-data"]);
  });

  it("are whatever else the service holds data by: what an operator runs, what lives in its server", () => {
    const below = (service: string, type: string) => ({
      urn: urn(`kpaas:index:Platform$kpaas:platform:${service}$${type}`, `demo-${service}-${type.split(":").at(-1)}`),
      type,
      parent: urn(`kpaas:index:Platform$kpaas:platform:${service}`, `demo-platform-${service.toLowerCase()}`),
      protect: true,
    });
    const held = [below("PostgreSql", "kubernetes:postgresql.cnpg.io/v1:Cluster"), below("OpenBao", "vault:index/mount:Mount")];
    const dropped = (service: string) => deletedBy([danger("environment", "drop-database", `platform.services.${service}`)], plan, held);
    assert.deepEqual(dropped("postgresql"), [held[0]?.urn]);
    assert.deepEqual(dropped("openbao"), [held[1]?.urn]);
    assert.deepEqual(dropped("mariadb"), []);
    // Where it is known only that there were databases: none of a service that stays, and no tenant's namespace.
    const tenant = {
      ...below("Tenant", "kubernetes:core/v1:Namespace"),
      parent: urn("kpaas:platform:Tenant", "demo-platform-tenant-shop"),
    };
    assert.deepEqual(deletedBy([danger("environment", "drop-database", "platform.services")], plan, [tenant, claim("MariaDb")]), []);
  });

  it("are the one project of its name, and no other of the service, when that leaves the file", () => {
    const project = (name: string) => ({
      urn: urn("kpaas:index:Platform$kpaas:platform:Harbor$kpaas:harbor:Project", `demo-platform-harbor-project-${name}`),
      type: "kpaas:harbor:Project",
      parent: urn("kpaas:index:Platform$kpaas:platform:Harbor", "demo-platform-harbor"),
      protect: true,
      inputs: { name },
    });
    const both = [project("one.two"), project("two")];
    const given = { ...danger("environment", "drop-data", "platform.services.harbor.projects"), value: "one.two" };
    assert.deepEqual(deletedBy([given], plan, both), [both[0]?.urn]);
  });

  it("are the tenant's namespace, and no other tenant's, when it leaves the file", () => {
    const tenant = (name: string) => ({
      urn: urn("kubernetes:core/v1:Namespace", `${name}-namespace`),
      type: "kubernetes:core/v1:Namespace",
      parent: urn("kpaas:platform:Tenant", `demo-platform-tenant-${name}`),
      protect: true,
    });
    const both = [tenant("shop"), tenant("bank")];
    assert.deepEqual(deletedBy([danger("environment", "drop-tenant", "platform.tenants.shop")], plan, both), [both[0]?.urn]);
  });

  it("are those of every change that is approved, and none of a change that keeps the data", () => {
    assert.deepEqual(
      named(danger("a", "discard-volume"), danger("b", "remove"), danger("environment", "drop-database", "platform.services.mariadb")),
      ["demo-a-data", "demo-b-data", "demo-MariaDb-data"],
    );
    for (const action of ["rebuild", "resize", "unprotect", "move-ingress", "never"] as const)
      assert.deepEqual(named(danger("a", action), danger("b", action)), [], action);
  });

  it("are found only where the resource says whose it is", () => {
    const stranger = { urn: urn("aws:s3/bucket:Bucket", "bucket"), type: "aws:s3/bucket:Bucket", protect: true };
    assert.deepEqual(deletedBy([danger("b", "remove")], plan, [stranger]), []);
  });
});
