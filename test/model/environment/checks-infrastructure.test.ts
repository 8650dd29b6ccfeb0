import assert from "node:assert/strict";
import { environmentFile, planFile } from "../../support/environment";
import { findEach, type WrongFile } from "../../support/wrong-files";

const network = (over: Record<string, unknown>) => ({ infrastructure: { provider: "openstack", network: over } });
const floating = (addresses: Record<string, string>, access: Record<string, unknown> = {}) => ({
  infrastructure: {
    provider: "openstack",
    network: { floating: addresses },
    access: { bastion: true, adminCidrs: ["203.0.113.0/24"], ...access },
  },
});
const ssh = (keys: Record<string, unknown>) => ({ infrastructure: { provider: "openstack", access: { ssh: keys } } });
const publicKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA";
const reserved = (list: string[]) => network({ reserved: list });
const existing = { network: "11111111-0000-4000-8000-000000000001", subnets: { node: "11111111-0000-4000-8000-000000000002" } };
const onExisting = (access: Record<string, unknown>, over: Record<string, unknown> = {}) =>
  environmentFile({ infrastructure: { provider: "openstack", network: { existing }, access }, ...over });

const wrong: readonly WrongFile[] = [
  ["a key pair without its private half", ssh({ keyPair: "ours" }), "infrastructure.access.ssh.privateKey", /beside keyPair/],
  [
    "a key pair beside a public key",
    ssh({ keyPair: "ours", publicKey, privateKey: { env: "KEY" } }),
    "infrastructure.access.ssh.publicKey",
    /has its public key/,
  ],
  ["a floating address inside the network", floating({ api: "10.20.0.9" }), "infrastructure.network.floating.api", /lies in the machines'/],
  ["a floating address of a pod", floating({ bastion: "10.233.64.9" }), "infrastructure.network.floating.bastion", /podCidr/],
  ["a floating address of a Service", floating({ ingress: "10.233.0.9" }), "infrastructure.network.floating.ingress", /serviceCidr/],
  ["a floating address of nobody", floating({ ingress: "127.0.0.1" }), "infrastructure.network.floating.ingress", /nobody|anybody/],
  [
    "one floating address for two",
    floating({ api: "203.0.113.9", ingress: "203.0.113.9" }),
    "infrastructure.network.floating.ingress",
    /floating\.api already/,
  ],
  [
    "a floating address of an API that nobody may reach",
    floating({ api: "203.0.113.9" }, { adminCidrs: [] }),
    "infrastructure.network.floating.api",
    /nobody outside may reach the API/,
  ],
  [
    "a floating address of an ingress that nobody may reach",
    floating({ ingress: "203.0.113.9" }, { adminCidrs: [] }),
    "infrastructure.network.floating.ingress",
    /nobody outside may reach the ingress/,
  ],
  [
    "a floating address of no bastion",
    floating({ bastion: "203.0.113.9" }, { bastion: false }),
    "infrastructure.network.floating.bastion",
    /there is no bastion/,
  ],
  ...["rocky-9", "CentOS-Stream-9", "AlmaLinux-9", "rhel-9.4", "openSUSE-Leap-15.6", "flatcar-stable"].map(
    (image): WrongFile => [
      `an NFS server of ${image}`,
      { infrastructure: { provider: "openstack", image } },
      "infrastructure.image",
      /Debian and Ubuntu/,
    ],
  ),
  ["a gateway outside the network", network({ gateway: "192.0.2.1" }), "infrastructure.network.gateway", /outside/],
  [
    "a tunnel without a bastion",
    { infrastructure: { provider: "openstack", access: { api: "bastion" } } },
    "infrastructure.access.api",
    /no bastion/,
  ],
  [
    "a public key alone",
    { infrastructure: { provider: "openstack", access: { ssh: { publicKey: "ssh-ed25519 AAAA" } } } },
    "infrastructure.access.ssh.privateKey",
    /required/,
  ],
  ["options of another cloud", { infrastructure: { provider: "openstack", aws: {} } }, "infrastructure.aws", /provider is openstack/],
  ["a network without room", network({ cidr: "192.168.7.0/29" }), "infrastructure.network.cidr", /no free address/],
  [
    "a resolver among the Services",
    network({ dns: ["10.233.0.3"] }),
    "infrastructure.network.dns.0",
    /lies in cluster\.network\.serviceCidr 10\.233\.0\.0\/18/,
  ],
  [
    "a resolver among the pods",
    network({ dns: ["10.0.0.2", "10.233.64.9"] }),
    "infrastructure.network.dns.1",
    /lies in cluster\.network\.podCidr/,
  ],
  ...["127.0.0.53", "0.0.0.0", "255.255.255.255", "169.254.25.10", "169.254.169.254", "224.0.0.1"].map(
    (each): WrongFile => [
      `the resolver ${each}`,
      network({ dns: [each] }),
      "infrastructure.network.dns.0",
      /no host's address|itself|each node|link-local|multicast/,
    ],
  ),
  ["a resolver twice", network({ dns: ["10.0.0.2", "10.0.0.2"] }), "infrastructure.network.dns.1", /in the list already/],
  [
    "more resolvers than a subnet has",
    network({ dns: [1, 2, 3, 4, 5, 6].map((last) => `10.0.0.${last}`) }),
    "infrastructure.network.dns",
    /at most 5/,
  ],
  [
    "administrators among the Services",
    { infrastructure: { provider: "openstack", access: { adminCidrs: ["10.233.0.0/20"] } } },
    "infrastructure.access.adminCidrs.0",
    /serviceCidr/,
  ],
  [
    "visitors on each machine itself",
    { infrastructure: { provider: "openstack", access: { ingressCidrs: ["127.0.0.0/8"] } } },
    "infrastructure.access.ingressCidrs.0",
    /itself/,
  ],
  [
    "administrators twice",
    { infrastructure: { provider: "openstack", access: { adminCidrs: ["192.0.2.0/24", "192.0.2.0/24"] } } },
    "infrastructure.access.adminCidrs.1",
    /already/,
  ],
  ["reserved addresses outside the network", reserved(["10.21.0.0/28"]), "infrastructure.network.reserved.0", /leaves the network/],
  ["a reserved range the wrong way round", reserved(["10.20.0.9-10.20.0.2"]), "infrastructure.network.reserved.0", /lower one first/],
  [
    "reserved addresses of more than one kind at once",
    reserved(["10.20.0.1/28"]),
    "infrastructure.network.reserved.0",
    /must be an address, a range/,
  ],
  [
    "nothing but reserved addresses",
    { infrastructure: { provider: "openstack", network: { cidr: "10.20.0.0/24", reserved: ["10.20.0.0/24"] } } },
    "infrastructure.network.cidr",
    /no free address/,
  ],
  [
    "a bastion on a network without a router",
    onExisting({ bastion: true }),
    "infrastructure.network.existing.router",
    /bastion needs a floating address/,
  ],
  [
    "administrators of a network without a router",
    onExisting({ adminCidrs: ["203.0.113.0/24"], ingressCidrs: ["0.0.0.0/0"] }),
    "infrastructure.network.existing.router",
    /api, ingress need floating addresses/,
  ],
  [
    "a profile's bastion on a network without a router",
    onExisting({}, { profile: "highAvailability" }),
    "infrastructure.network.existing.router",
    /bastion needs/,
  ],
  ["a loopback network", network({ cidr: "127.0.0.0/16" }), "infrastructure.network.cidr", /ordinary addresses/],
  ["a name of a blank", { infrastructure: { provider: "openstack", region: " " } }, "infrastructure.region", /no blank/],
  [
    "a blank at a network's end",
    { infrastructure: { provider: "openstack", openstack: { externalNetwork: "public " } } },
    "infrastructure.openstack.externalNetwork",
    /no blank/,
  ],
  ["a name on two lines", { infrastructure: { provider: "openstack", region: "a\nb" } }, "infrastructure.region", /printable/],
  ["a zone with a host", { infrastructure: { provider: "openstack", zones: ["az-1:host-3"] } }, "infrastructure.zones.0", /no colon/],
  [
    "an image that is not pinned",
    { infrastructure: { provider: "openstack", image: "Standard_CentOS_7_latest" } },
    "infrastructure.image",
    /must be pinned/,
  ],
  [
    "an image that is not pinned, in the middle",
    { infrastructure: { provider: "openstack", image: "ubuntu-latest-kvm" } },
    "infrastructure.image",
    /must be pinned/,
  ],
];

describe("the checks between fields of the infrastructure", () => {
  findEach(wrong);

  it("find nothing wrong with names that clouds take: blanks and brackets within, every script", () => {
    const { problems, planned } = planFile(
      environmentFile({ infrastructure: { provider: "openstack", zones: ["Zone A (East)", "서울 2"], image: "Ubuntu 22.04 (latestfix)" } }),
    );
    assert.deepEqual(problems, []);
    for (const { labels, zone } of planned?.plan.machines ?? [])
      assert.match(labels["topology.kubernetes.io/zone"] ?? "", zone === "Zone A (East)" ? /^Zone-A-East-[0-9a-f]{8}$/ : /^2-[0-9a-f]{8}$/);
  });

  it("let a network without a router serve whoever is inside it", () => {
    assert.deepEqual(planFile(onExisting({ ingressCidrs: ["10.20.8.0/24"] })).problems, []);
    const reachable = { provider: "openstack", network: { existing, floating: "none" }, access: { ingressCidrs: ["0.0.0.0/0"] } };
    assert.deepEqual(planFile(environmentFile({ infrastructure: reachable })).problems, []);
  });

  it("say which field takes what was written where it does not belong, and what was probably meant", () => {
    const remedies = (over: Record<string, unknown>) => planFile(environmentFile(over)).problems.map(({ remedy }) => remedy);
    assert.deepEqual(remedies({ cluster: { apiEndpoint: { kind: "loadBalancer", domain: "192.168.0.10" } } }), [
      "give the address at cluster.apiEndpoint.address, and here a name or nothing",
    ]);
    for (const [domain, meant] of [
      ["Seoul.Example.ORG", "seoul.example.org"],
      ["seoul.example.org.", "seoul.example.org"],
      ["https://seoul.example.org/", "seoul.example.org"],
      ["*.seoul.example.org", "seoul.example.org"],
      ["서울.example.org", "xn--2i4bq6h.example.org"],
    ])
      assert.deepEqual(remedies({ platform: { domain } }), [`did you mean ${meant}?`]);
    assert.deepEqual(remedies(reserved(["10.20.0.9-10.20.0.2"])), ["did you mean 10.20.0.2-10.20.0.9?"]);
    assert.deepEqual(remedies(network({ cidr: "10.20.0.1/16" })), ["did you mean 10.20.0.0/16?"]);
    const admins = { infrastructure: { provider: "openstack", access: { adminCidrs: ["203.0.113.7"] } } };
    assert.deepEqual(remedies(admins), ["did you mean 203.0.113.7/32?"]);
  });

  it("warn of two zones for three control planes", () => {
    const { problems } = planFile(
      environmentFile({ infrastructure: { provider: "openstack", zones: ["a", "b"] }, cluster: { controlPlane: { nodes: 3 } } }),
    );
    assert.deepEqual(
      problems.map((problem) => `${problem.severity} ${problem.path}`),
      ["warning infrastructure.zones"],
    );
  });
});
