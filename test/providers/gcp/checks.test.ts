import assert from "node:assert/strict";
import { cloudOfResource } from "../../../model/cloud";
import { clouds } from "../../../providers/clouds";
import { credentials } from "../../../providers/gcp/credentials";
import { computeEngine } from "../../../providers/gcp/firewalls";
import { gcpLabels, gcpName } from "../../../providers/gcp/names";
import { imageQuery } from "../../../providers/gcp/neutral";
import { planFile } from "../../support/environment";
import { type FileContent, merge } from "../../support/plan";

const BASE: FileContent = {
  name: "seoul",
  infrastructure: { provider: "gcp", region: "asia-northeast3", zones: ["asia-northeast3-a"], gcp: { project: "acme-platform" } },
};

function problems(over: FileContent, severity = "error"): string[] {
  return planFile(merge(BASE, over))
    .problems.filter((each) => each.severity === severity)
    .map(({ path, reason, remedy }) => `${path}: ${reason}; ${remedy}`);
}

const infrastructure = (of: FileContent): FileContent => ({ infrastructure: of });

/** What GCP cannot do: the part of the file that asks for it, and the problem that names GCP and the way out. */
const REFUSED: readonly (readonly [what: string, over: FileContent, expected: RegExp])[] = [
  ["no project", infrastructure({ gcp: undefined }), /^infrastructure\.gcp\.project: is required: on GCP .*name its id/],
  ["no region", infrastructure({ region: undefined }), /^infrastructure\.region: is required: on GCP .*such as asia-northeast3/],
  ["no zones", infrastructure({ zones: undefined }), /^infrastructure\.zones: is required: on GCP .*\[asia-northeast3-a/],
  ["a zone of another region", infrastructure({ zones: ["us-central1-a"] }), /^infrastructure\.zones: is no zone of asia-northeast3/],
  [
    "a virtual address",
    { cluster: { apiEndpoint: { kind: "virtualIp" } } },
    /^cluster\.apiEndpoint\.kind: GCP lets no machine answer .*use loadBalancer or node/,
  ],
  [
    "MetalLB",
    { platform: { loadBalancer: { kind: "metallb" } } },
    /^platform\.loadBalancer\.kind: GCP lets no machine answer .*use cloud, or take it out/,
  ],
  [
    "packets of pods as they are",
    { cluster: { network: { encapsulation: "none" } } },
    /^cluster\.network\.encapsulation: GCP leads packets by its own routes alone.*use vxlan or ipip/,
  ],
  [
    "machines kept apart",
    { cluster: { pools: { general: { nodes: 2, spread: true } } } },
    /^cluster\.pools\.general\.spread: GCP cannot keep machines on different hosts/,
  ],
  [
    "another gateway",
    infrastructure({ network: { gateway: "10.20.0.9" } }),
    /^infrastructure\.network\.gateway: GCP's router has the second address/,
  ],
  [
    "a key pair",
    infrastructure({ access: { ssh: { keyPair: "ours", privateKey: { env: "KEY" } } } }),
    /^infrastructure\.access\.ssh\.keyPair: GCP keeps no key pairs/,
  ],
  [
    "root",
    infrastructure({ access: { ssh: { user: "root" } } }),
    /^infrastructure\.access\.ssh\.user: images on GCP let nobody in as root/,
  ],
  [
    "a router that is there",
    infrastructure({ network: { existing: { network: "n", subnets: { node: "s" }, router: "r" } } }),
    /^infrastructure\.network\.existing\.router: is not needed/,
  ],
  [
    "resolvers of a network that is there",
    infrastructure({ network: { existing: { network: "n", subnets: { node: "s" } }, dns: ["10.0.0.2"] } }),
    /^infrastructure\.network\.dns: a network on GCP has one DNS policy/,
  ],
  ["an image by a bare name", infrastructure({ image: "debian-12" }), /^infrastructure\.image: is no image that is pinned/],
  [
    "a disk that the type of machine takes none of",
    infrastructure({ gcp: { project: "acme-platform", bootVolumeType: "hyperdisk-balanced" } }),
    /^cluster\.controlPlane\.size: takes no disk of the type hyperdisk-balanced, .*or pd-balanced there/,
  ],
  [
    "a type of machine that takes Hyperdisk alone",
    { cluster: { pools: { general: { nodes: 1, size: "n4-standard-4", volumes: [{ name: "osd", sizeGiB: 10 }] } } } },
    /^cluster\.pools\.general\.size: takes no disk of the type pd-balanced, which volume osd is; .*or hyperdisk-balanced there/,
  ],
  [
    "a type of machine that takes no standard disk",
    { cluster: { pools: { general: { nodes: 1, size: "c3-standard-4", volumes: [{ name: "osd", sizeGiB: 10, type: "pd-standard" }] } } } },
    /^cluster\.pools\.general\.size: takes no disk of the type pd-standard, which volume osd is; .*or pd-balanced there/,
  ],
  [
    "Arm processors",
    { cluster: { pools: { general: { nodes: 1, size: "t2a-standard-4" } } } },
    /^cluster\.pools\.general\.size: has Arm processors/,
  ],
  ["an image for them", infrastructure({ image: "ubuntu-os-cloud/family/ubuntu-2404-lts-arm64" }), /^infrastructure\.image: is for Arm/],
  ["an image without cloud-init", infrastructure({ image: "debian-cloud/family/debian-12" }), /^infrastructure\.image: has no cloud-init/],
  ["a label of ours", { labels: { "kpaas-key": "x" } }, /^labels\.kpaas-key: is set by the plan/],
  [
    "an address of Google's for a machine",
    { cluster: { pools: { general: { nodes: { a: { address: "10.20.255.254" } } } } } },
    /^cluster\.pools\.general\.nodes\.a\.address: is one that the cloud keeps for itself/,
  ],
];

describe("what GCP cannot do", () => {
  for (const [what, over, expected] of REFUSED)
    it(`is refused at its field: ${what}`, () => {
      const found = problems(over);
      assert.ok(
        found.some((each) => expected.test(each)),
        found.join("\n"),
      );
    });

  it("refuses nothing of a plain file", () => assert.deepEqual(problems({}), []));

  it("warns where machines would reach nothing outside, but not where they are meant to", () => {
    const warned = (over: FileContent) => problems(over, "warning").some((each) => each.startsWith("infrastructure.gcp.nat:"));
    const none = { gcp: { project: "acme-platform", nat: false } };
    const existing = { network: { existing: { network: "n", subnets: { node: "s" } } } };
    assert.deepEqual(
      [{}, none, { ...none, ...existing }, existing].map((each) => warned(infrastructure(each))),
      [false, true, false, false],
    );
  });

  it("says what a label becomes that GCP does not take", () => {
    assert.match(problems({ labels: { team: "Platform" } }, "warning").join("\n"), /labels\.team: .*becomes team=-latform-[0-9a-f]{8}/);
  });
});

describe("GCP's words", () => {
  it("put each way as Compute Engine takes it", () => {
    const way = { key: "k", group: "nodes", direction: "ingress", family: "IPv4", remote: { group: "nodes" }, reason: "why" } as const;
    const rule = (more: Partial<Parameters<typeof computeEngine.rule>[0]>) => {
      const { protocol, ports, direction } = computeEngine.rule({ ...way, protocol: "tcp", ...more });
      return [direction, protocol, ...(ports ?? [])].join(" ");
    };
    assert.deepEqual(
      [
        rule({ ports: { min: 22, max: 22 } }),
        rule({ protocol: "udp", ports: { min: 2379, max: 2380 }, direction: "egress" }),
        rule({ protocol: "icmp" }),
        rule({ protocol: "icmp", family: "IPv6" }),
        rule({ protocol: "ipip" }),
        rule({ protocol: "any" }),
      ],
      ["INGRESS tcp 22", "EGRESS udp 2379-2380", "INGRESS icmp", "INGRESS 58", "INGRESS ipip", "INGRESS all"],
    );
  });

  it("name things without collisions, and label them without loss where they can", () => {
    assert.equal(gcpName({ environment: "seoul" }, "cp-1"), "seoul-cp-1");
    assert.match(gcpName({ environment: "seoul" }, "volume", "nfs.share"), /^seoul-volume-nfs-share-[0-9a-f]{8}$/);
    assert.deepEqual(gcpLabels({ team: "platform_1-a" }), { team: "platform_1-a" });
    assert.notDeepEqual(Object.keys(gcpLabels({ "a.b": "" })), Object.keys(gcpLabels({ "a/b": "" })));
  });

  it("read images", () => {
    assert.deepEqual(imageQuery("ubuntu-os-cloud/family/ubuntu-2204-lts"), { project: "ubuntu-os-cloud", family: "ubuntu-2204-lts" });
    assert.deepEqual(imageQuery("acme-images/ours-1"), { project: "acme-images", name: "ours-1" });
    for (const each of ["ubuntu", "acme-images/", "acme-images/Ours", "acme-images/family/"])
      assert.equal(imageQuery(each), undefined, each);
  });

  it("find credentials where Google's own tools do, by name only", () => {
    const find = (env: Record<string, string>, there: readonly string[] = []) =>
      credentials.find({ env: { HOME: "/home/u", ...env }, root: "/", exists: (path) => there.includes(path), read: () => undefined });
    assert.deepEqual(find({ GOOGLE_CREDENTIALS: "{secret}" }), { there: true, where: "the GOOGLE_CREDENTIALS environment variable" });
    assert.deepEqual(find({ GOOGLE_APPLICATION_CREDENTIALS: "/k.json" }, ["/k.json"]), { there: true, where: "/k.json" });
    assert.match(find({ GOOGLE_APPLICATION_CREDENTIALS: "/k.json" }).where, /names \/k\.json, which is not there/);
    const usual = "/home/u/.config/gcloud/application_default_credentials.json";
    assert.deepEqual(find({}, [usual]), { there: true, where: usual });
    assert.equal(find({}).there, false);
  });

  it("are those of the types of @pulumi/gcp", () => {
    assert.equal(cloudOfResource({ type: "gcp:compute/instance:Instance" }, clouds)?.name, "gcp");
  });
});
