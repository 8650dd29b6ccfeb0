import assert from "node:assert/strict";
import { appliedState, parseApplied } from "../../../model/guard/applied";
import { planDigest, refusals } from "../../../model/guard/approvals";
import { findDangers } from "../../../model/guard/dangers";
import { environmentFile, plannedFile } from "../../support/environment";

type Over = Record<string, unknown>;
const zones = ["az-1", "az-2", "az-3"];
const base = (over: Over = {}, infrastructure: Over = {}): Over =>
  environmentFile({
    infrastructure: { provider: "openstack", zones, ...infrastructure },
    cluster: { pools: { worker: { nodes: { a: {}, b: {} } } } },
    ...over,
  });

/** `KEY:ACTION` of every danger in the change from one file to another. */
function dangers(before: Over, after: Over): string[] {
  const first = plannedFile(before);
  const second = plannedFile(after, first.lock);
  const applied = parseApplied(JSON.parse(JSON.stringify(appliedState(first.plan))));
  return findDangers(applied, second.plan).map(({ key, action }) => `${key}:${action}`);
}

const pool = (over: Over, nodes: unknown = { a: {}, b: {} }): Over => ({ cluster: { pools: { worker: { nodes, ...over } } } });
const volumes = { volumes: [{ name: "osd", sizeGiB: 100 }] };

const table: [what: string, before: Over, after: Over, expected: string[]][] = [
  ["nothing for no change", base(), base(), []],
  ["nothing for a worker more", base(), base(pool({}, { a: {}, b: {}, c: {} })), []],
  ["nothing for a worker less", base(), base(pool({}, { a: {} })), []],
  ["nothing for a rebuilt worker", base(), base(pool({}, { a: {}, b: { generation: 2 } })), []],
  ["nothing for a label", base(), base(pool({ labels: { x: "y" } })), []],
  ["a lost volume with its worker", base(pool(volumes)), base(pool(volumes, { a: {} })), ["b:remove"]],
  [
    "a volume taken from a running worker that is rebuilt",
    base(pool(volumes)),
    base(pool(volumes, { a: {}, b: { generation: 2 } })),
    ["b:rebuild"],
  ],
  ["a discarded volume", base(pool(volumes)), base(), ["a:discard-volume", "b:discard-volume"]],
  ["a shrunk volume", base(pool(volumes)), base(pool({ volumes: [{ name: "osd", sizeGiB: 50 }] })), ["a:never", "b:never"]],
  [
    "another type of a volume",
    base(pool(volumes)),
    base(pool({ volumes: [{ name: "osd", sizeGiB: 100, type: "ssd" }] })),
    ["a:never", "b:never"],
  ],
  [
    "another type of a volume whose machine is rebuilt",
    base(pool(volumes)),
    base(pool({ volumes: [{ name: "osd", sizeGiB: 100, type: "ssd" }] }, { a: {}, b: { generation: 2 } })),
    ["a:never", "b:rebuild", "b:never"],
  ],
  ["a resized machine", base(), base(pool({ size: "m1.tiny" })), ["a:resize", "b:resize"]],
  ["a moved address", base(), base(pool({}, { a: { address: "10.20.7.7" }, b: {} })), ["a:never"]],
  ["a moved zone", base(), base(pool({}, { a: { zone: "az-1" }, b: { zone: "az-1" } })), ["a:never", "b:never"]],
  ["a lower generation", base(pool({}, { a: { generation: 3 }, b: {} })), base(pool({}, { a: { generation: 2 }, b: {} })), ["a:never"]],
  [
    "control planes added",
    base(),
    base({ cluster: { controlPlane: { nodes: 3 }, pools: { worker: { nodes: { a: {}, b: {} } } } } }),
    ["cp-2:never", "cp-3:never", "environment:never"],
  ],
  [
    "a renamed API endpoint",
    base(),
    base({ cluster: { apiEndpoint: { domain: "api.example.org" }, pools: { worker: { nodes: { a: {}, b: {} } } } } }),
    ["environment:never"],
  ],
  ["another network, and not what follows from it", base(), base({}, { network: { cidr: "10.30.0.0/16" } }), ["environment:never"]],
  [
    "another size of a volume on the share",
    base({ profile: "standard" }),
    base({ profile: "standard", platform: { services: { mariadb: { size: 20 } } } }),
    ["environment:never"],
  ],
  [
    "nothing in a volume that grows in a class of the cluster's own",
    base({ profile: "standard", platform: { storage: { kind: "existing", className: "ceph" } } }),
    base({ profile: "standard", platform: { storage: { kind: "existing", className: "ceph" }, services: { mariadb: { size: 20 } } } }),
    [],
  ],
  [
    "a volume that shrinks",
    base({ profile: "standard", platform: { storage: { kind: "existing", className: "ceph" } } }),
    base({ profile: "standard", platform: { storage: { kind: "existing", className: "ceph" }, services: { mariadb: { size: 5 } } } }),
    ["environment:never"],
  ],
  ["another region", base({}, { region: "one" }), base({}, { region: "two" }), ["environment:never"]],
  ["another external network", base(), base({}, { openstack: { externalNetwork: "other" } }), ["environment:never"]],
  ["nothing in another kind of load balancer where there is none", base(), base({}, { openstack: { loadBalancerProvider: "ovn" } }), []],
  [
    "another load balancer",
    environmentFile({ profile: "highAvailability" }),
    environmentFile({ profile: "highAvailability", infrastructure: { provider: "openstack", openstack: { loadBalancerProvider: "ovn" } } }),
    ["environment:never"],
  ],
  ["protection taken away", base(), base({ protect: "none" }), ["environment:unprotect"]],
  [
    "databases dropped",
    base(),
    base({ platform: { services: { mariadb: false, keycloak: false, portal: false } } }),
    ["environment:drop-database"],
  ],
  ["another ingress address", base(), base({ platform: { ingress: { address: "10.20.200.1" } } }), ["environment:move-ingress"]],
];

describe("the guard", () => {
  for (const [what, before, after, expected] of table) it(`sees ${what}`, () => assert.deepEqual(dangers(before, after), expected));

  it("lets nothing stand in the way of a first run", () => {
    assert.deepEqual(findDangers(undefined, plannedFile(base()).plan), []);
  });

  it("lets exactly the approved change through", () => {
    const before = plannedFile(base(pool(volumes, { a: {}, b: {}, c: {} })));
    const { plan } = plannedFile(base(pool(volumes, { a: {} })), before.lock);
    const found = findDangers(appliedState(before.plan), plan);
    assert.deepEqual(
      found.map(({ key }) => key),
      ["b", "c"],
    );
    const open = refusals(plan, found, ["b:remove"]);
    assert.equal(open.length, 1);
    assert.match(open[0]?.remedy ?? "", /--approve c:remove@/);
    assert.equal(refusals(plan, found, ["b:remove", "c:remove"]).length, 0);
  });

  it("binds an approval to the plan's content", () => {
    const before = plannedFile(base(pool(volumes)));
    const { plan } = plannedFile(base(pool(volumes, { a: {} })), before.lock);
    const found = findDangers(appliedState(before.plan), plan);
    assert.equal(refusals(plan, found, [`b:remove@${planDigest(plan)}`], true).length, 0);
    assert.equal(refusals(plan, found, ["b:remove@000000000000"]).length, 1);
    assert.equal(refusals(plan, found, ["b:remove"], true).length, 1, "a lasting approval needs the plan's fingerprint");
  });

  it("lets no approval through for what cannot end well", () => {
    const before = plannedFile(base());
    const { plan } = plannedFile(base(pool({}, { a: { address: "10.20.7.7" }, b: {} })), before.lock);
    const found = findDangers(appliedState(before.plan), plan);
    assert.equal(refusals(plan, found, ["a:never"]).length, 1);
  });
});
