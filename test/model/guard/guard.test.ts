import assert from "node:assert/strict";
import { registry } from "../../../files/registry";
import { findRelease, knownReleases } from "../../../model/catalog";
import { parseEnvironmentFile } from "../../../model/environment/parse";
import { resolveEnvironment } from "../../../model/environment/resolve";
import { type Applied, appliedState, parseApplied } from "../../../model/guard/applied";
import type { Danger } from "../../../model/guard/danger";
import { findDangers } from "../../../model/guard/dangers";
import { LATER } from "../../../model/guard/first-boot";
import { laterChanges } from "../../../model/guard/later";
import { releaseMoves, versionChanges } from "../../../model/guard/release";
import { Findings } from "../../../model/problems";
import { environmentFile, plannedFile, valueAt } from "../../support/environment";

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
  return found(before, after).map(({ key, action }) => `${key}:${action}`);
}

function found(before: Over, after: Over): Danger[] {
  const first = plannedFile(before);
  const second = plannedFile(after, first.lock);
  const applied = parseApplied(JSON.parse(JSON.stringify(appliedState(first.plan))), "demo");
  return findDangers(applied, second.plan);
}

const pool = (over: Over, nodes: unknown = { a: {}, b: {} }): Over => ({ cluster: { pools: { worker: { nodes, ...over } } } });
const volumes = { volumes: [{ name: "osd", sizeGiB: 100 }] };
const mounted = (over: Over): Over => ({ volumes: [{ name: "osd", sizeGiB: 100, mount: "/srv/data", ...over }] });

const pools = (pools: Over): Over => ({ cluster: { pools } });
const count = (nodes: number): Over => pools({ worker: { nodes } });
const few = (services: Over, platform: Over = {}): Over => ({
  platform: { ...platform, services: { metricsServer: false, certManager: false, keycloak: false, portal: false, ...services } },
});
/** Keycloak without the portal. */
const login = (platform: Over = {}): Over => few({ mariadb: true, keycloak: true }, platform);

type Row = [what: string, before: Over, after: Over, expected: string[]];

const table: Row[] = [
  ["nothing for no change", base(), base(), []],
  ["a later release", base({ release: "1.6.2" }), base({ release: "1.7.0" }), ["environment:move-release"]],
  ["a release's maintained line", base({ release: "1.7.0" }), base({ release: "1.7.0+maintained" }), ["environment:move-release"]],
  ["an older release", base({ release: "1.7.0+maintained" }), base({ release: "1.7.0" }), ["environment:never"]],
  ...(
    [
      ["one more beside the first", [1], [1, 2], false],
      ["the next one in the first place", [1, 2], [2, 1], false],
      ["the one before, which is gone", [2, 1], [2], false],
      ["one more that is not wanted after all", [1, 2], [1], false],
      ["another one that nobody trusts yet", [1], [2], true],
      ["the one that still signs", [1, 2], [2], true],
      ["two others at once", [1, 2], [3, 4], true],
    ] as const
  ).map(
    ([what, before, after, asks]): Row => [
      `authorities: ${what}`,
      base({ platform: { tls: { kind: "selfSigned", authorities: [...before] } } }),
      base({ platform: { tls: { kind: "selfSigned", authorities: [...after] } } }),
      asks ? ["environment:change-authority"] : [],
    ],
  ),
  ["nothing for a worker more", base(), base(pool({}, { a: {}, b: {}, c: {} })), []],
  ["nothing for a worker less", base(), base(pool({}, { a: {} })), []],
  ["nothing for a lower number of workers", environmentFile(count(3)), environmentFile(count(2)), []],
  [
    "nothing for a label where the profile gives the number",
    environmentFile(),
    environmentFile({ cluster: { pools: { worker: { labels: { x: "y" } } } } }),
    [],
  ],
  [
    "workers that go with their pool",
    environmentFile(pools({ worker: { nodes: 1 }, gpu: { nodes: 2 } })),
    environmentFile(count(1)),
    ["gpu-1:remove", "gpu-2:remove"],
  ],
  ["workers of a pool that is renamed", environmentFile(count(1)), environmentFile(pools({ general: { nodes: 1 } })), ["worker-1:remove"]],
  ["nothing in a pool renamed around machines of their own keys", base(), base(pools({ general: { nodes: { a: {}, b: {} } } })), []],
  [
    "workers and services with data that a smaller profile leaves out",
    environmentFile({ profile: "standard" }),
    environmentFile(),
    ["worker-3:remove", ...Array.from({ length: 6 }, () => "environment:drop-database")],
  ],
  [
    "workers whose number left the file",
    environmentFile(count(4)),
    environmentFile({ cluster: { pools: { worker: {} } } }),
    ["worker-3:remove", "worker-4:remove"],
  ],
  ["a bastion that goes", base({}, { access: { bastion: true } }), base(), ["bastion:remove"]],
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
  ["nothing in a raw volume that is mounted", base(pool(volumes)), base(pool(mounted({}))), []],
  ["a volume mounted elsewhere", base(pool(mounted({}))), base(pool(mounted({ mount: "/srv/osd" }))), ["a:never", "b:never"]],
  ["a volume mounted no longer", base(pool(mounted({}))), base(pool(volumes)), ["a:never", "b:never"]],
  ["another file system", base(pool(mounted({}))), base(pool(mounted({ fileSystem: "xfs" }))), ["a:never", "b:never"]],
  ["a resized machine", base(), base(pool({ size: "m1.tiny" })), ["a:resize", "b:resize"]],
  ["a moved address", base(), base(pool({}, { a: { address: "10.20.7.7" }, b: {} })), ["a:never"]],
  ["a moved zone", base(), base(pool({}, { a: { zone: "az-1" }, b: { zone: "az-1" } })), ["a:never", "b:never"]],
  ["a lower generation", base(pool({}, { a: { generation: 3 }, b: {} })), base(pool({}, { a: { generation: 2 }, b: {} })), ["a:never"]],
  [
    "nothing in control planes that are added: the endpoint stays",
    base(),
    base({ cluster: { controlPlane: { nodes: 3 }, pools: { worker: { nodes: { a: {}, b: {} } } } } }),
    [],
  ],
  [
    "a renamed API endpoint",
    base(),
    base({ cluster: { apiEndpoint: { domain: "api.example.org" }, pools: { worker: { nodes: { a: {}, b: {} } } } } }),
    ["environment:move-endpoint"],
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
  [
    "another ingress address, whose derived domain asks no second time",
    base(login()),
    base(login({ ingress: { address: "10.20.200.1" } })),
    ["environment:move-ingress"],
  ],
  [
    "another ingress address under a domain of its own",
    base(login({ domain: "a.example.org" })),
    base(login({ domain: "a.example.org", ingress: { address: "10.20.200.1" } })),
    ["environment:move-ingress"],
  ],
  [
    "another ingress address where it is in the portal's URL",
    base(),
    base({ platform: { ingress: { address: "10.20.200.1" } } }),
    ["environment:move-ingress"],
  ],
  ["another domain", base(login()), base(login({ domain: "apps.example.org" })), ["environment:move-domain"]],
  ["nothing in a portal switched on later", base(login()), base(), []],
  ["nothing in self-registration switched on", base(login()), base(few({ mariadb: true, keycloak: { selfRegistration: true } })), []],
  ["nothing in a portal switched off", base(), base(login()), []],
  ["nothing in Keycloak and portal switched on together", base(few({ mariadb: true })), base(), []],
  [
    "another authority of the certificates",
    base(),
    base({ platform: { tls: { kind: "provided", certificate: { env: "C" }, key: { env: "K" } } } }),
    ["environment:change-authority"],
  ],
];

describe("the guard", () => {
  for (const [what, before, after, expected] of table) it(`sees ${what}`, () => assert.deepEqual(dangers(before, after), expected));

  it("names the data that a later release takes over, and what an older one could not read", () => {
    const [forth] = found(base({ release: "1.6.2" }), base({ release: "1.7.0" }));
    assert.match(forth?.reason ?? "", /1\.6\.2 → 1\.7\.0\); the new versions of mariadb \(11\.4\.7 → 12\.0\.2\), keycloak \(25/);
    assert.match(forth?.remedy ?? "", /^back up mariadb, keycloak, portal first/);
    const bare = few({ mariadb: false });
    const [without] = found(base({ ...bare, release: "1.6.2" }), base({ ...bare, release: "1.7.0" }));
    assert.doesNotMatch(`${without?.reason} ${without?.remedy}`, /take their data over|back up/);
    const [back] = found(base({ release: "1.7.0" }), base({ release: "1.6.2" }));
    assert.match(back?.reason ?? "", /^what kubernetes \(1\.33\.5 → 1\.32\.5\), mariadb \(12\.0\.2 → 11\.4\.7\), keycloak/);
  });

  it("leads Ceph by the step between, whose way on and back it knows, and Istio by both", () => {
    const [line, step] = ["1.7.0+maintained", "1.7.0+step-1"];
    const volumes = [{ name: "osd", sizeGiB: 100 }];
    const ceph = (release: string, services: Over = {}): Over =>
      base({
        release,
        cluster: { pools: { worker: { nodes: 3, volumes } } },
        platform: { storage: { kind: "rookCeph", pool: "worker" }, services },
      });
    const refused = (before: Over, after: Over): string[] =>
      found(before, after).map(({ action, reason, remedy }) => `${action}: ${reason}: ${remedy}`);
    const [leap = "", ...more] = refused(ceph("1.7.0"), ceph(line));
    assert.equal(
      leap,
      "never: the project of rookCeph (1.18.5 → 1.20.6) goes from one minor version to the next only: " +
        `go to release: "${step}" first (\`kpaas cluster upgrade demo --to ${step}\`), and from there to ${line} once it is up`,
    );
    assert.deepEqual(more, []);
    for (const [from, to] of [
      ["1.6.2", step],
      ["1.7.0", step],
      [step, line],
    ] as const)
      assert.deepEqual(dangers(ceph(from), ceph(to)), ["environment:move-release"], `${from} ${to}`);
    assert.match(refused(ceph(step), ceph("1.7.0"))[0] ?? "", /^never: what rookCeph \(1\.19\.10 → 1\.18\.5\) has written/);
    const [both = ""] = refused(ceph("1.7.0", { istio: true }), ceph(line, { istio: true }));
    assert.match(both, /rookCeph \(1\.18\.5 → 1\.20\.6\).* go to release: "1\.7\.0\+step-1" first/);
    const istio = (release: string): Over => base({ release, platform: { services: { istio: true } } });
    const way = ["1.6.2", step, "1.7.0+step-2", line];
    for (const [index, from] of way.slice(0, -2).entries())
      assert.match(
        refused(istio(from), istio(line))[0] ?? "",
        new RegExp(`: go to release: "${way[index + 1]?.replaceAll(".", "\\.").replace("+", "\\+")}" first`),
      );
    for (const [index, from] of way.slice(0, -1).entries())
      assert.deepEqual(dangers(istio(from), istio(way[index + 1] ?? "")), ["environment:move-release"], from);
  });

  it("refuses what leaves a minor version out also where a newer kpaas has it in the same release", () => {
    const release = "1.7.0+maintained";
    const { plan } = plannedFile(base({ release, platform: { services: { istio: true } } }));
    const stood = (istio: string): Applied => ({ ...appliedState(plan), versions: { ...appliedState(plan).versions, istio } });
    assert.deepEqual(findDangers(stood("1.29.1"), plan), []);
    const [danger, ...more] = findDangers(stood("1.28.0"), plan);
    assert.match(danger?.remedy ?? "", /^go on with the version of kpaas that brought it up, or switch istio off/);
    assert.deepEqual(more, []);
  });

  it("knows the versions of what an earlier kpaas brought up by its release", () => {
    const { plan } = plannedFile(base({ release: "1.6.2" }));
    const { versions: _, ...applied } = appliedState(plan);
    const changes = versionChanges(applied, plannedFile(base({ release: "1.7.0" })).plan);
    assert.deepEqual(
      changes.find(({ name }) => name === "mariadb"),
      { name: "mariadb", was: "11.4.7", becomes: "12.0.2" },
    );
    assert.deepEqual(versionChanges(applied, plan), []);
    // The file may have named another Kubernetes than the release's.
    const { versions: __, ...named } = appliedState(plannedFile(base({ cluster: { kubernetes: "1.35.4" } })).plan);
    assert.deepEqual(versionChanges(named, plannedFile(base({ cluster: { kubernetes: "1.35.4" } })).plan), []);
  });

  it("tells of the way to another release what becomes of the services that are there, in order, and what no source says", () => {
    const moved = (services: object, from = "1.6.2", to = "1.7.0") =>
      releaseMoves({ release: from }, plannedFile(base({ release: to, platform: { services } })).plan);
    const all = { openbao: true, postgresql: true, harbor: true, chartmuseum: true, pipeline: true, sourceControl: true };
    const whole = moved(all);
    assert.deepEqual([...new Set(whole.map(({ when }) => when))], ["before", "by up", "after", "nobody says"]);
    for (const name of ["mariadb", "keycloak", "portal", "pipeline", "sourceControl", "harbor", "chartmuseum"])
      assert.ok(
        whole.some(({ service }) => service === name),
        name,
      );
    assert.deepEqual(moved(all, "1.6.2", "1.7.0+maintained"), whole);
    assert.deepEqual([...new Set(moved({}).map(({ service }) => service))], ["mariadb", "keycloak", "portal"]);
    assert.deepEqual([moved(all, "1.7.0"), moved(all, "1.7.0", "1.7.0+maintained")], [[], []]);
    for (const release of knownReleases)
      for (const [from, moves] of Object.entries(findRelease(release)?.moves ?? {}))
        for (const { service } of moves) assert.ok(findRelease(from)?.services[service], `${from} ${service}`);
  });

  it("shows a value with the path it stands at", () => {
    const astray = table.flatMap(([what, before, after]) =>
      found(before, after).flatMap(({ path, value }) => {
        const written = valueAt(after, path);
        return value === undefined || written === undefined || written === value ? [] : [`${what}: ${path} (is ${JSON.stringify(value)})`];
      }),
    );
    assert.deepEqual(astray, []);
  });

  it("reads what earlier versions kept, and compares what that has", () => {
    const { plan } = plannedFile(base());
    const { domain, tls, built, claims, machines, ...old } = appliedState(plan);
    const without = Object.fromEntries(Object.entries(machines).map(([key, { spread: _spread, ...machine }]) => [key, machine]));
    const applied = parseApplied(JSON.parse(JSON.stringify({ ...old, machines: without })), "demo");
    assert.deepEqual(findDangers(applied, plannedFile(base({ platform: { domain: "apps.example.org" } })).plan), []);
    assert.deepEqual(laterChanges(applied, plannedFile(base({}, { image: "another" })).plan), []);
    assert.ok([domain, tls, built, claims].every((each) => each !== undefined));
  });

  it("takes the databases of earlier versions for one server each, and refuses several in their place with the way out", () => {
    const { claims, databases, replicated, ...others } = appliedState(plannedFile(base()).plan);
    assert.deepEqual(replicated, { mariadb: false });
    const three = plannedFile(base({ platform: { services: { mariadb: { replicas: 3 } } } })).plan;
    for (const was of [claims, {}]) {
      const applied = parseApplied(JSON.parse(JSON.stringify({ ...others, databases, claims: was })), "demo");
      const [{ action, path, remedy } = assert.fail(), ...more] = findDangers(applied, three);
      assert.deepEqual([action, path, more], ["never", "platform.services.mariadb.replicas", []]);
      assert.match(remedy, /set it to 1; or back the databases up, switch mariadb off with what uses it, then on again with 3/);
    }
    const none = parseApplied(JSON.parse(JSON.stringify({ ...others, databases: false, claims: {} })), "demo");
    assert.deepEqual(findDangers(none, three), []);
  });

  it("takes a base's number of workers for no wish of the file itself", () => {
    const content = environmentFile(count(2));
    const findings = new Findings();
    const { file } = parseEnvironmentFile(content, registry, findings);
    const own = (over: Over) =>
      resolveEnvironment(file, registry, environmentFile(over)).groups.find(({ name }) => name === "worker")?.counted;
    assert.deepEqual([own({}), own(count(2)), own(pools({ worker: {} }))], [false, true, false]);
  });

  it("names what machines take that are built from then on", () => {
    const before = plannedFile(base());
    const said = (infrastructure: Over, worker: Over = {}) =>
      laterChanges(appliedState(before.plan), plannedFile(base(pool(worker), infrastructure), before.lock).plan).map(
        (text) => text.split(" ")[0],
      );
    assert.deepEqual(said({}), []);
    assert.deepEqual(said({ image: "ubuntu-24.04" }), ["infrastructure.image"]);
    assert.deepEqual(said({ openstack: { bootVolumeGiB: 80, bootVolumeType: "ssd" } }), [
      "infrastructure.openstack.bootVolumeGiB",
      "infrastructure.openstack.bootVolumeType",
    ]);
    assert.deepEqual(said({ zones: ["az-1", "az-2"] }), ["infrastructure.zones"]);
    assert.deepEqual(said({ access: { ssh: { publicKey: "ssh-ed25519 AAAA", privateKey: { env: "K" } } } }), ["infrastructure.access.ssh"]);
    assert.deepEqual(said({}, { spread: false }), ["cluster.pools.worker.spread"]);
  });

  it("names the machines whose user data is older than what the next one starts with", () => {
    const two = { a: {}, b: {} };
    const before = plannedFile(base(pools({ worker: { nodes: two } })));
    const built = appliedState(before.plan);
    const of = (nodes: Over, applied: Applied) => appliedState(plannedFile(base(pools({ worker: { nodes } })), before.lock).plan, applied);
    const older = (...keys: readonly string[]): Applied => ({
      ...built,
      machines: Object.fromEntries(
        Object.entries(built.machines).map(([key, machine]) => [key, keys.includes(key) ? { ...machine, userData: "older" } : machine]),
      ),
    });
    const { userData: _unknown, ...unknown } = built.machines.a!;
    const early: Applied = { ...built, machines: { ...built.machines, a: unknown } };
    const many = Object.keys(built.machines);
    const table: readonly [title: string, applied: Applied, nodes: Over, named: string | undefined][] = [
      ["none, where all are built alike", built, two, undefined],
      ["one that is older", older("a"), two, "a"],
      ["all that are", older(...many), two, many.join(", ")],
      ["none that is built anew", older("a"), { a: { generation: 2 }, b: {} }, undefined],
      ["none that goes", older("a"), { b: {} }, undefined],
      ["none of which nothing is known", early, two, undefined],
      ["those that stood at the last up too", of(two, older("a")), two, "a"],
      ["none that was built anew since", of({ a: { generation: 2 }, b: {} }, older("a")), { a: { generation: 2 }, b: {} }, undefined],
      ["none of which nothing was known at the last up", of(two, early), two, undefined],
    ];
    for (const [title, applied, nodes, named] of table) {
      const { plan } = plannedFile(base(pools({ worker: { nodes } })), before.lock);
      assert.deepEqual(laterChanges(applied, plan), named === undefined ? [] : [`user data (other than that of ${named}) ${LATER}`], title);
    }
    assert.notEqual(built.machines.a?.userData, built.machines.nfs?.userData);
  });

  it("never sets exchanged secrets back, as a lock without them would", () => {
    const { plan, lock } = plannedFile(base());
    const exchanged = (rotations: Record<string, number>) => plannedFile(base(), { ...lock, rotations }).plan;
    const applied = appliedState(exchanged({ mariadb: 3, keycloak: 2 }));
    const told = (wanted: typeof plan) => findDangers(applied, wanted).map(({ action, path, value }) => [action, path, value]);
    assert.deepEqual(told(plan), [
      ["never", "lock.rotations.mariadb", 1],
      ["never", "lock.rotations.keycloak", 1],
    ]);
    assert.deepEqual(told(exchanged({ mariadb: 2, keycloak: 2 })), [["never", "lock.rotations.mariadb", 2]]);
    assert.deepEqual(told(exchanged({ mariadb: 4, keycloak: 2, portal: 2 })), []);
  });

  it("refuses a service that would find what it has left behind, and shows where it begins anew", () => {
    const file = (services: Over) => plannedFile(base({ platform: { services } })).plan;
    const kept = (plan: ReturnType<typeof file>, before?: Applied) =>
      parseApplied(JSON.parse(JSON.stringify(appliedState(plan, before))), "demo") ?? assert.fail();
    const off = { keycloak: false, portal: false };
    const on = file({});
    const stands = kept(on);
    assert.deepEqual(findDangers(stands, on), []);
    const gone = kept(file(off), stands);
    const [danger, ...others] = findDangers(gone, on);
    assert.deepEqual([danger?.action, danger?.path, danger?.value, others], ["never", "platform.services.keycloak.schema", "keycloak", []]);
    assert.match(
      `${danger?.reason}; ${danger?.remedy}`,
      /has left keycloak in mariadb, .*write platform\.services\.keycloak\.schema: keycloak2,/,
    );
    const anew = file({ keycloak: { schema: "keycloak2" } });
    assert.deepEqual(findDangers(gone, anew), []);
    const goneAgain = kept(file(off), kept(anew, gone));
    assert.match(String(findDangers(goneAgain, on)[0]?.remedy), /keycloak3/);
    // Nothing is left where its keeper went too.
    const all = kept(file({ ...off, mariadb: false }), stands);
    assert.deepEqual(findDangers(kept(file(off), all), on), []);
    // What stands does not move.
    assert.deepEqual(
      findDangers(stands, anew).map(({ action, path }) => [action, path]),
      [["never", "platform.services.keycloak.schema"]],
    );
  });

  it("counts Ceph among what another release takes the data of, which no backup of ours holds", () => {
    const storage = { kind: "rookCeph", pool: "worker" };
    const file = (release: string) => base({ release, platform: { storage }, ...pool(volumes, { a: {}, b: {}, c: {} }) });
    const [move] = found(file("1.7.0"), file("1.7.0+step-1"));
    assert.match(move?.reason ?? "", /take their data over/);
    assert.match(move?.reason ?? "", /rookCeph \(1\.18\.5 → 1\.19/);
    assert.match(move?.remedy ?? "", /back up .*what is on Ceph's volumes.* first/);
    assert.equal(found(file("1.7.0+maintained"), file("1.7.0"))[0]?.action, "never");
  });

  it("refuses another ingress controller that nobody asked for, as a lost lock may bring it, with the word that leaves it", () => {
    const stands = appliedState(plannedFile(base({ release: "1.7.0" })).plan);
    const [danger] = findDangers(stands, plannedFile(base({ release: "1.7.0+maintained" })).plan).filter(
      ({ path }) => path === "platform.ingress.kind",
    );
    assert.deepEqual([danger?.action, danger?.value], ["never", "traefik"]);
    assert.match(danger?.remedy ?? "", /^write kind: nginx to leave it/);
  });

  it("lets nothing stand in the way of a first run", () => {
    assert.deepEqual(findDangers(undefined, plannedFile(base()).plan), []);
  });
});
