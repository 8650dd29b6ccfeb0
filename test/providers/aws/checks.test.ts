import assert from "node:assert/strict";
import { cloudOfResource } from "../../../model/cloud";
import { credentials } from "../../../providers/aws/credentials";
import { deviceNames, volumeDevices } from "../../../providers/aws/devices";
import { described, imageQuery } from "../../../providers/aws/names";
import { ec2 } from "../../../providers/aws/security-groups";
import { clouds } from "../../../providers/clouds";
import { planFile } from "../../support/environment";
import { type FileContent, merge } from "../../support/plan";

const BASE: FileContent = { name: "seoul", infrastructure: { provider: "aws", region: "ap-northeast-2", zones: ["ap-northeast-2a"] } };

function errors(over: FileContent): string[] {
  const { problems } = planFile(merge(BASE, over));
  return problems.filter(({ severity }) => severity === "error").map(({ path, reason, remedy }) => `${path}: ${reason}; ${remedy}`);
}

const infrastructure = (of: FileContent): FileContent => ({ infrastructure: of });
const subnet = (last: number, cidr: string) => ({ id: `subnet-0000000${last}`, cidr });

/** What AWS cannot do: the part of the file that asks for it, and the problem that names AWS and the way out. */
const REFUSED: readonly (readonly [what: string, over: FileContent, expected: RegExp])[] = [
  ["no region", infrastructure({ region: undefined }), /^infrastructure\.region: is required: on AWS .*name it, such as ap-northeast-2/],
  ["no zones", infrastructure({ zones: undefined }), /^infrastructure\.zones: is required: on AWS .*name them, such as \[ap-northeast-2a/],
  ["a zone of another region", infrastructure({ zones: ["us-east-1a"] }), /^infrastructure\.zones: is no zone of ap-northeast-2/],
  [
    "a virtual address",
    { cluster: { apiEndpoint: { kind: "virtualIp" } } },
    /^cluster\.apiEndpoint\.kind: AWS lets no machine answer .*use loadBalancer or node/,
  ],
  [
    "MetalLB",
    { platform: { loadBalancer: { kind: "metallb" } } },
    /^platform\.loadBalancer\.kind: AWS lets no machine answer .*use cloud, or take it out/,
  ],
  [
    "packets of pods between zones",
    merge(infrastructure({ zones: ["ap-northeast-2a", "ap-northeast-2b"] }), { cluster: { network: { encapsulation: "none" } } }),
    /^cluster\.network\.encapsulation: AWS leads no packets of pods .*use vxlan or ipip, or name one zone/,
  ],
  [
    "machines kept apart",
    { cluster: { pools: { general: { nodes: 2, spread: true } } } },
    /^cluster\.pools\.general\.spread: AWS cannot keep machines on different hosts/,
  ],
  ["a key by its alias", infrastructure({ aws: { kmsKey: "alias/ebs" } }), /^infrastructure\.aws\.kmsKey: must be the ARN of a key/],
  [
    "a network too large",
    infrastructure({ network: { cidr: "10.0.0.0/12" } }),
    /^infrastructure\.network\.cidr: a VPC of AWS has a prefix from \/16 to \/28/,
  ],
  [
    "a network too small for its zones",
    infrastructure({ network: { cidr: "10.20.0.0/26" } }),
    /^infrastructure\.zones: the network 10\.20\.0\.0\/26 has no subnet left/,
  ],
  [
    "a gateway",
    infrastructure({ network: { gateway: "10.20.0.9" } }),
    /^infrastructure\.network\.gateway: AWS's router has the first address/,
  ],
  [
    "five resolvers",
    infrastructure({ network: { dns: [1, 2, 3, 4, 5].map((last) => `10.0.0.${last}`) } }),
    /^infrastructure\.network\.dns: AWS hands out 4 resolvers at most/,
  ],
  [
    "an existing network of one subnet",
    infrastructure({ network: { existing: { network: "vpc-1", subnets: { node: "subnet-1" } } } }),
    /^infrastructure\.network\.existing: has one subnet, .*name VPC and subnets at infrastructure\.aws\.existing/,
  ],
  [
    "a zone that an existing VPC has no subnet for",
    infrastructure({ aws: { existing: { vpc: "vpc-00000001", subnets: { "ap-northeast-2b": { node: subnet(1, "10.20.1.0/24") } } } } }),
    /^infrastructure\.aws\.existing\.subnets: has none for the zone ap-northeast-2a/,
  ],
  [
    "a bastion without a subnet to stand in",
    infrastructure({
      access: { bastion: true },
      aws: { existing: { vpc: "vpc-00000001", subnets: { "ap-northeast-2a": { node: subnet(1, "10.20.1.0/24") } } } },
    }),
    /^infrastructure\.aws\.existing\.subnets\.ap-northeast-2a: has no subnet that the bastion could stand in/,
  ],
  [
    "a subnet outside the network",
    infrastructure({ aws: { existing: { vpc: "vpc-00000001", subnets: { "ap-northeast-2a": { node: subnet(1, "10.30.1.0/24") } } } } }),
    /^infrastructure\.aws\.existing\.subnets\.ap-northeast-2a\.node\.cidr: lies outside infrastructure\.network\.cidr/,
  ],
  [
    "an image that floats",
    infrastructure({ image: "ubuntu-jammy" }),
    /^infrastructure\.image: is no AMI that is pinned; use ubuntu-22\.04 or ubuntu-24\.04, an id/,
  ],
  ["an image by a pattern", infrastructure({ image: "099720109477/ubuntu/*" }), /^infrastructure\.image: is no AMI that is pinned/],
  ["a name that AWS keeps", { name: "sg-one" }, /^name: AWS takes no name .* begins with sg-; choose another/],
  ["a label of ours", { labels: { Name: "x" } }, /^labels\.Name: is set by the plan/],
  [
    "46 labels",
    { labels: Object.fromEntries(Array.from({ length: 46 }, (_, index) => [`l${index}`, "x"])) },
    /^labels: 46 labels are more than AWS keeps/,
  ],
  [
    "an address of the router",
    { cluster: { pools: { general: { nodes: { a: { address: "10.20.0.3" } } } } } },
    /^cluster\.pools\.general\.nodes\.a\.address: /,
  ],
  [
    "an API's address outside the machines' subnets",
    { cluster: { controlPlane: { nodes: 3 }, apiEndpoint: { address: "10.20.16.9" } } },
    /^cluster\.apiEndpoint\.address: lies in no subnet of the machines/,
  ],
];

describe("a file for AWS", () => {
  for (const [what, over, expected] of REFUSED)
    it(`is refused, with the way out, for ${what}`, () => {
      const found = errors(over);
      assert.ok(
        found.some((each) => expected.test(each)),
        found.join("\n") || "no problem",
      );
    });

  it("resolves sizes and images that every cloud knows, by a table and by the file's own words before that", () => {
    const { planned } = planFile(merge(BASE, infrastructure({ aws: { sizes: { large: "m7i.xlarge" } } })));
    const sizes = Object.fromEntries(planned?.plan.machines.map(({ key, size }) => [key, size]) ?? []);
    assert.deepEqual([sizes["cp-1"], sizes["worker-1"]], ["m7i.xlarge", "m6i.2xlarge"]);
    assert.match(planned?.plan.machines[0]?.image ?? "", /^099720109477\/ubuntu\/images\/hvm-ssd\/ubuntu-jammy-22\.04-amd64-server-\d{8}$/);
    assert.equal(planned?.lock.image, planned?.plan.machines[0]?.image);
    const own = planFile(
      merge(BASE, infrastructure({ image: "ubuntu-24.04", aws: { images: { "ubuntu-24.04": "ami-0123456789abcdef0" } } })),
    );
    assert.equal(own.planned?.plan.machines[0]?.image, "ami-0123456789abcdef0");
  });

  it("keeps the image that its lock has, as long as that is one of those the name ever stood for", () => {
    const { planned } = planFile(BASE);
    assert.ok(planned);
    const again = planFile(merge(BASE, infrastructure({ image: "ubuntu-22.04" })), planned.lock);
    assert.equal(again.planned?.lockState, "current");
    const moved = planFile(merge(BASE, infrastructure({ image: "ubuntu-24.04" })), planned.lock);
    assert.match(moved.planned?.plan.machines[0]?.image ?? "", /noble/);
  });

  it("leaves to AWS the first four addresses of every subnet and the last", () => {
    const { planned } = planFile(merge(BASE, infrastructure({ network: { cidr: "10.20.0.0/24" } })));
    const subnets = planned?.plan.network.subnets.map(({ name, cidr }) => `${name} ${cidr}`);
    assert.deepEqual(subnets, ["node-ap-northeast-2a 10.20.0.0/28", "outer-ap-northeast-2a 10.20.0.16/28"]);
    const last = planned?.plan.machines.map(({ address }) => Number(address.split(".")[3])) ?? [];
    assert.ok(
      last.every((value) => value % 16 >= 4 && value % 16 <= 14),
      last.join(" "),
    );
  });
});

describe("what AWS is told", () => {
  it("puts protocols and ports as EC2 takes them, in words that it takes", () => {
    const way = {
      key: "k",
      group: "nodes",
      direction: "ingress",
      family: "IPv4",
      remote: { cidr: "10.0.0.0/8" },
      reason: 'the cloud\'s "own" <tag>',
    } as const;
    const rows = [
      [
        { protocol: "tcp", ports: { min: 80, max: 90 } },
        { ipProtocol: "tcp", ports: { fromPort: 80, toPort: 90 } },
      ],
      [{ protocol: "udp" }, { ipProtocol: "udp", ports: { fromPort: 0, toPort: 65_535 } }],
      [{ protocol: "icmp" }, { ipProtocol: "icmp", ports: { fromPort: -1, toPort: -1 } }],
      [{ protocol: "ipip" }, { ipProtocol: "4" }],
      [{ protocol: "vrrp" }, { ipProtocol: "112" }],
      [{ protocol: "any" }, { ipProtocol: "-1" }],
    ] as const;
    for (const [given, expected] of rows) {
      const { ipProtocol, ...rest } = ec2.rule({ ...way, ...given });
      assert.deepEqual({ ipProtocol, ...("ports" in rest ? { ports: rest.ports } : {}) }, expected);
    }
    assert.equal(ec2.rule({ ...way, protocol: "icmp", family: "IPv6" }).ipProtocol, "icmpv6");
    assert.equal(described(way.reason), "the cloud s  own   tag ");
  });

  it("gives every volume a device of its own name's, whatever others there are", () => {
    const volumes = Array.from({ length: 24 }, (_, index) => `v${index}`);
    const names = deviceNames(volumes);
    assert.equal(new Set(Object.values(names)).size, 24);
    for (const name of Object.values(names)) assert.match(name, /^\/dev\/xvd[b-d][a-z]$/);
    assert.equal(deviceNames(["osd"]).osd, deviceNames(["osd", "logs"]).osd);
    assert.equal(volumeDevices("vol-0abc", "/dev/xvdba")[0], "/dev/disk/by-id/nvme-Amazon_Elastic_Block_Store_vol0abc");
  });

  it("knows an AMI by its id, or by its whole name and owner, and nothing else", () => {
    assert.deepEqual(imageQuery("ami-0123456789abcdef0"), { id: "ami-0123456789abcdef0" });
    assert.deepEqual(imageQuery("self/golden-2026-01"), { owner: "self", name: "golden-2026-01" });
    for (const image of ["ubuntu-22.04", "ami-x", "099720109477/ubuntu/*", "self/"]) assert.equal(imageQuery(image), undefined, image);
  });

  it("is found to be AWS's by its types", () => {
    for (const type of ["aws:ec2/vpc:Vpc", "aws:lb/listener:Listener"]) assert.equal(cloudOfResource({ type }, clouds)?.name, "aws");
  });
});

describe("credentials for AWS", () => {
  const look = (env: Record<string, string>, there: readonly string[] = []) =>
    credentials.find({ env, root: "/", exists: (path) => there.includes(path), read: () => undefined });

  it("are found in the usual ways, and what is lacking is named", () => {
    assert.equal(look({ AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" }).there, true);
    assert.match(look({ AWS_ACCESS_KEY_ID: "a" }).where, /not AWS_SECRET_ACCESS_KEY/);
    assert.match(look({ AWS_WEB_IDENTITY_TOKEN_FILE: "t" }).where, /not AWS_ROLE_ARN/);
    assert.deepEqual(look({ HOME: "/h", AWS_PROFILE: "seoul" }, ["/h/.aws/config"]), {
      there: true,
      where: "profile seoul of /h/.aws/config",
    });
    assert.equal(look({ HOME: "/h" }).there, false);
  });
});
