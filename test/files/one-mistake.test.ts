import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { loadEnvironment, writeLock } from "../../files/load";
import { RSA } from "../support/certificates";
import { temporaryFolders } from "../support/temporary";

const small = "name: a\ninfrastructure: { provider: openstack }\n";
const infrastructure = (fields: string) => `name: a\ninfrastructure: { provider: openstack, ${fields} }\n`;
const nodes = (text: string) => `${small}cluster: { controlPlane: { nodes: ${text} } }\n`;
const pool = (text: string) => `${small}cluster: { pools: { g: ${text} } }\n`;

/** What a file with this mistake holds, the path of the only error, and other files beside it. */
const mistakes: readonly (readonly [what: string, text: string | Buffer, path: string, beside?: Readonly<Record<string, string>>])[] = [
  ["an empty file", "", ""],
  ["a list", "- a\n", ""],
  ["an unclosed bracket", "name: a\ninfrastructure: { provider: openstack\n", ""],
  ["a wrong indentation", "name: a\ninfrastructure:\n  provider: openstack\n bad: x\n", ""],
  ["a tab", "name: a\ninfrastructure:\n\tprovider: openstack\n", ""],
  ["a merge conflict", `<<<<<<< ours\n${small}=======\nname: b\n>>>>>>> theirs\n`, ""],
  ["two documents", `${small}---\n${small}`, ""],
  ["bytes that are no UTF-8", Buffer.concat([Buffer.from(small), Buffer.from([0x23, 0xff, 0x0a])]), ""],
  ["a key that is a number", pool("{ nodes: { 0x1f: {} } }"), "cluster.pools.g.nodes.0x1f"],
  ["a key that is a number with a leading zero", pool("{ nodes: { 01: {} } }"), "cluster.pools.g.nodes.01"],
  ["a key that is a power of ten", pool("{ nodes: { 1e3: {} } }"), "cluster.pools.g.nodes.1e3"],
  ["a pool that is a number", `${small}cluster: { pools: { 1e2: { nodes: 1 } } }\n`, "cluster.pools.1e2"],
  ["a key of digits in quotes", pool('{ nodes: { "01": {} } }'), "cluster.pools.g.nodes.01"],
  ["a key that every resolver takes for an address", pool('{ nodes: { "0x1f": {} } }'), "cluster.pools.g.nodes.0x1f"],
  ["a pool of digits in quotes", `${small}cluster: { pools: { "7": { nodes: 1 } } }\n`, "cluster.pools.7"],
  ["a key that is true", `${small}labels: { true: x }\n`, "labels.true"],
  ["a key that is nothing", `${small}labels: { ~: x }\n`, "labels.~"],
  ["a list for a key", `${small}labels: { [a]: x }\n`, "labels"],
  ["a label that is a number", `${small}labels: { a: 1.10 }\n`, "labels.a"],
  ["a label that is true", `${small}labels: { a: true }\n`, "labels.a"],
  ["a number with a leading zero", `${small}platform: { storage: { kind: nfs, sizeGiB: 0200 } }\n`, "platform.storage.sizeGiB"],
  ["a merge of what is no map", `${small}labels: { <<: x }\n`, "labels.<<"],
  ["a merge of nothing", `${small}labels: { <<: *x }\n`, "labels.<<"],
  ["a merge of itself", `${small}labels: &x { <<: *x }\n`, ""],
  [
    "aliases that grow without end",
    `${small}cluster: { variables: { a: &a [x, x, x, x, x, x, x, x, x], b: &b [*a, *a, *a, *a, *a, *a, *a], c: &c [*b, *b, *b, *b, *b, *b, *b], d: [*c, *c, *c, *c, *c, *c, *c] } }\n`,
    "",
  ],
  ["maps without end", `${small}labels: ${"{ x: ".repeat(50000)}`, ""],
  ["more than a file written by hand has", `${small}#${"x".repeat(1_048_576)}\n`, ""],
  ["a base of more than that", "name: a\nextends: ./b.yaml\n", "extends", { "b.yaml": `#${"x".repeat(1_048_576)}\n` }],
  ["a base that is a device", "name: a\nextends: /dev/zero\n", "extends"],
  ["a base of two documents", "name: a\nextends: ./b.yaml\n", "extends", { "b.yaml": "labels: {}\n---\nlabels: {}\n" }],
  ["another file of the same name", small, "name", { "b.yaml": small }],
  ["a key twice", infrastructure("region: x, region: y"), "infrastructure.region"],
  ["an alias of nothing", `${small}labels: { x: *nothing }\n`, "labels.x"],
  ["an anchor that holds itself", `${small}cluster: { variables: &v { x: *v } }\n`, ""],
  ["a name too long and in capitals", `name: ${"A".repeat(31)}\ninfrastructure: { provider: openstack }\n`, "name"],
  ["a list with nothing right in it", infrastructure("zones: [3]"), "infrastructure.zones.0"],
  [
    "no provider",
    "name: a\ninfrastructure: { zones: [x] }\ncluster: { pools: { g: { nodes: { w: { zone: x } } } } }\n",
    "infrastructure.provider",
  ],
  [
    "a list for a text",
    `${infrastructure("zones: [x], region: []")}cluster: { pools: { g: { nodes: { w: { zone: x } } } } }\n`,
    "infrastructure.region",
  ],
  [
    "nothing for a required text",
    infrastructure("network: { existing: { network: x, subnets: { node: } } }"),
    "infrastructure.network.existing.subnets.node",
  ],
  [
    "a slip in the name of a field that others depend on",
    `${infrastructure("network: { cdir: 10.99.0.0/16 }")}cluster: { pools: { g: { nodes: { w: { address: 10.99.0.9 } } } } }\n`,
    "infrastructure.network.cdir",
  ],
  ["a slip in the name of a required field", "name: a\ninfrastructure: { provder: openstack }\n", "infrastructure.provder"],
  ["a slip in the name of the name", "nmae: a\ninfrastructure: { provider: openstack }\n", "nmae"],
  ["no machine", nodes("{}"), "cluster.controlPlane.nodes"],
  ["a wrong key of the only machine", nodes("{ CP_1: {} }"), "cluster.controlPlane.nodes.CP_1"],
  ["a text for the only machine", nodes("{ one: m1.large }"), "cluster.controlPlane.nodes.one"],
  [
    "a pool whose machines are named like the control plane's",
    `${small}cluster: { pools: { cp: { nodes: 1 } } }\n`,
    "cluster.pools.cp.nodes",
  ],
  ["a machine named like the share's", pool("{ nodes: { nfs: {} } }"), "cluster.pools.g.nodes"],
  ["a network without room", infrastructure("network: { cidr: 10.1.0.0/30 }"), "infrastructure.network.cidr"],
  [
    "a network with bits beyond its prefix",
    `${infrastructure("network: { cidr: 10.99.0.1/16 }")}cluster: { pools: { g: { nodes: { w: { address: 10.99.0.9 } } } } }\n`,
    "infrastructure.network.cidr",
  ],
  [
    "zones of a wrong type",
    `${infrastructure("zones: x")}cluster: { pools: { g: { nodes: { w: { zone: x } } } } }\n`,
    "infrastructure.zones",
  ],
  ["a service switched off that two need", `${small}platform: { services: { mariadb: false } }\n`, "platform.services.mariadb"],
  ["an even number of etcd's own machines", `${small}cluster: { etcd: { placement: external, nodes: 2 } }\n`, "cluster.etcd.nodes"],
  ["a keeper of no virtual address", `${small}cluster: { apiEndpoint: { by: keepalived } }\n`, "cluster.apiEndpoint.by"],
  ["machines for etcd on the control planes", `${small}cluster: { etcd: { placement: stacked, nodes: 3 } }\n`, "cluster.etcd.nodes"],
  [
    "backups of a hundred hours",
    `${small}cluster: { backups: { etcd: { schedule: "0 */100 * * *", encryptTo: ${JSON.stringify(RSA)}, to: { nfs: { server: nas.intra, path: /b } } } } }\n`,
    "cluster.backups.etcd.schedule",
  ],
  [
    "a secret for an environment variable's name",
    infrastructure('credentials: { env: "canary secret" }'),
    "infrastructure.credentials.env",
  ],
  [
    "a private key for the public one",
    infrastructure('access: { ssh: { publicKey: "-----BEGIN canary", privateKey: { env: KEY } } }'),
    "infrastructure.access.ssh.publicKey",
  ],
  ["a base that is not there", "name: a\nextends: ./gone.yaml\n", "extends"],
  ["a base that is a folder", "name: a\nextends: ./folder\n", "extends", { "folder/x.yaml": "" }],
  ["a base that is broken", "name: a\nextends: ./b.yaml\n", "extends", { "b.yaml": "x: [1\n" }],
  ["a broken lock", small, "lock", { "a.lock.yaml": "version: [1\n" }],
  ["a lock in conflict", small, "lock", { "a.lock.yaml": "version: 1\n<<<<<<< ours\nimage: a\n=======\nimage: b\n>>>>>>> theirs\n" }],
  ["a lock that is a folder", small, "lock", { "a.lock.yaml/x": "" }],
];

describe("one mistake is one problem", () => {
  const newFolder = temporaryFolders();
  const load = (text: string | Buffer, beside: Readonly<Record<string, string>> = {}) => {
    const root = newFolder();
    for (const [name, content] of Object.entries({ "a.yaml": text, ...beside })) {
      const file = join(root, "environments", name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
    return { root, loaded: loadEnvironment("a", root, "2025-01-15") };
  };

  for (const [what, text, path, beside] of mistakes) {
    it(what, () => {
      const { problems } = load(text, beside).loaded;
      const errors = problems.filter(({ severity }) => severity === "error");
      assert.deepEqual(
        errors.map((problem) => problem.path),
        [path],
        JSON.stringify(errors),
      );
      assert.ok(!JSON.stringify(problems).includes("canary"));
    });
  }

  it("does not hide another", () => {
    const text =
      "name: Bad\ninfrastructure: { provider: openstak, zones: a, network: { cidr: 10.20.0.1/16 } }\n" +
      "cluster: { controlPlane: { nodes: 2 }, pools: { g: { tain: [] } }, network: { podCidr: 10.233.0.0/18 } }\n";
    const { problems } = load(text).loaded;
    assert.deepEqual(
      problems.filter(({ severity }) => severity === "error").map(({ path }) => path),
      [
        "cluster.controlPlane.nodes",
        "cluster.network.serviceCidr",
        "cluster.pools.g.tain",
        "infrastructure.network.cidr",
        "infrastructure.provider",
        "infrastructure.zones",
        "name",
      ],
    );
  });

  it("is told of what the file fixes where a machine stands", () => {
    const { root, loaded } = load(small);
    writeLock(loaded);
    const address = loaded.planned?.plan.machines[0]?.address ?? "";
    for (const [text, path] of [
      [infrastructure(`network: { gateway: ${address} }`), "infrastructure.network.gateway"],
      [`${small}platform: { ingress: { address: ${address} } }\n`, "platform.ingress.address"],
      [`${small}platform: { loadBalancer: { kind: metallb, range: ${address}-${address} } }\n`, "platform.loadBalancer.range"],
      [`${small}cluster: { apiEndpoint: { kind: loadBalancer, address: ${address} } }\n`, "cluster.apiEndpoint.address"],
    ] as const) {
      writeFileSync(join(root, "environments", "a.yaml"), text);
      const { problems } = loadEnvironment("a", root, "2025-01-15");
      assert.deepEqual(
        problems.flatMap((problem) => (problem.severity === "error" ? [problem.path] : [])),
        [path],
      );
    }
  });
});
