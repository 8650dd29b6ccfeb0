/** Where NHN Cloud says what is taken for true here. Its documents are kept in public repositories too: github.com/TOAST-DOCS. */
export const SOURCES = {
  token: "https://docs.nhncloud.com/en/nhncloud/en/public-api/iaas-token/",
  roles: "https://docs.nhncloud.com/en/nhncloud/en/console-guide/",
  terraform: "https://docs.nhncloud.com/en/Compute/Instance/en/terraform-guide/",
  instance: "https://docs.nhncloud.com/en/Compute/Instance/en/public-api/",
  overview: "https://docs.nhncloud.com/en/Compute/Instance/en/overview/",
  console: "https://docs.nhncloud.com/en/Compute/Instance/en/console-guide/",
  volumes: "https://docs.nhncloud.com/en/Storage/Block%20Storage/en/public-api/",
  volumesOverview: "https://docs.nhncloud.com/en/Storage/Block%20Storage/en/overview/",
  vpc: "https://docs.nhncloud.com/en/Network/VPC/en/public-api/",
  compatible: "https://docs.nhncloud.com/en/Network/VPC/en/public-api-compat/",
  vpcConsole: "https://docs.nhncloud.com/en/Network/VPC/en/console-guide/",
  floating: "https://docs.nhncloud.com/en/Network/Floating%20IP/en/public-api/",
  groups: "https://docs.nhncloud.com/en/Network/Security%20Groups/en/public-api/",
  balancer: "https://docs.nhncloud.com/en/Network/Load%20Balancer/en/public-api/",
  balancerOverview: "https://docs.nhncloud.com/en/Network/Load%20Balancer/en/overview/",
  interface: "https://docs.nhncloud.com/en/Network/Network%20Interface/en/console-guide/",
  public: "https://docs.gov-nhncloud.com/ko/Network/Load%20Balancer/ko/public-api-gov/",
  nks: "https://docs.nhncloud.com/en/Container/NKS/en/user-guide/",
  balancers: "https://github.com/kubernetes/cloud-provider-openstack/blob/v1.33.1/pkg/openstack/openstack.go",
  driver: "https://github.com/kubernetes/cloud-provider-openstack/blob/v1.33.1/pkg/csi/cinder/openstack/openstack.go",
  kpaas: "https://github.com/K-PaaS/cp-deployment/blob/v1.6.2/applications/controller/nhn-deploy.yaml",
} as const;

/**
 * How sure a fact is: a document says it; besides, the real provider did so against a catalogue and answers made by the documents; or nobody
 * has proven it.
 */
export type Certainty = "documented" | "held" | "unproven";

/** Something that is taken for true of NHN Cloud. */
export interface Fact {
  readonly what: string;
  /** What follows from it here. */
  readonly so: string;
  readonly sources: readonly (keyof typeof SOURCES)[];
  readonly certainty: Certainty;
}

/** Everything that is taken for true of NHN Cloud. None of it was tried in the cloud itself. */
export const FACTS: readonly Fact[] = [
  {
    what: "identity is of version 2.0 at one address for all regions; a login is a user, the API password and a tenant's id",
    so: "`OS_AUTH_URL=https://api-identity-infrastructure.nhncloudservice.com/v2.0`, `OS_USERNAME`, `OS_PASSWORD`, `OS_TENANT_ID`; no application credentials",
    sources: ["token", "terraform"],
    certainty: "held",
  },
  {
    what: "regions are KR1, KR2, KR3 and JP1, each with its own endpoints of the catalogue's types compute, network, image, volumev2",
    so: "`infrastructure.region` has to be one of them",
    sources: ["token", "terraform"],
    certainty: "documented",
  },
  {
    what: "the cloud of the public sector is another one, at gov-nhncloudservice.com, with endpoints of its own in Pangyo and Pyeongchon",
    so: "`OS_AUTH_URL` is what its console shows; nothing here has NHN Cloud's addresses built in",
    sources: ["public"],
    certainty: "documented",
  },
  {
    what: "zones of KR1 are kr-pub-a and kr-pub-b, and can be listed",
    so: "zones are looked up before anything is made",
    sources: ["instance", "terraform"],
    certainty: "held",
  },
  {
    what: "of neutron's networks and subnets there are lists only; VPC, subnet, routing table and internet gateway have an API of their own",
    so: "the network has to be there: `infrastructure.network.existing`; no router is asked for",
    sources: ["compatible", "vpc"],
    certainty: "documented",
  },
  {
    what: "of a subnet the gateway has the first address, DHCP and the internet gateway's translation the second and third; the translation takes another one where they are in use when the gateway is connected",
    so: "no machine is given the three; connect the internet gateway first, and keep an address that it took elsewhere at `infrastructure.network.reserved`",
    sources: ["vpcConsole"],
    certainty: "documented",
  },
  {
    what: "ports take addresses, security groups and allowed address pairs, and no description; nothing of the network takes tags",
    so: "labels stand at servers and volumes only; what broke off is found by name and planned address",
    sources: ["compatible"],
    certainty: "held",
  },
  {
    what: "floating addresses come from the pool Public Network, and keep a label of NHN's own instead of a description",
    so: "the pool is the default; a floating address whose creation broke off has to be looked for by a person",
    sources: ["terraform", "floating"],
    certainty: "documented",
  },
  {
    what: "security rules are IPv4; protocols are given by name, or by number from the list of IP protocols; a new group lets everything out",
    so: "the rules that neutron makes are deleted, as on OpenStack; no rule is IPv6",
    sources: ["groups", "terraform"],
    certainty: "documented",
  },
  {
    what: "images are named with the day of their release and renamed with each",
    so: "`infrastructure.image` has no default",
    sources: ["terraform"],
    certainty: "documented",
  },
  {
    what: "flavors are named m2.c4m8: kind, processors, GiB of memory; u2 flavors boot from a disk of the host and cannot be changed to others",
    so: "sizes by default are m2; u2 is warned of, and gets no boot volume",
    sources: ["overview", "instance", "console"],
    certainty: "documented",
  },
  {
    what: "boot volumes of Linux have 20 to 2000 GiB; volume types are General HDD, General SSD and encrypted ones",
    so: "other sizes are refused; types are given by these names",
    sources: ["console", "terraform"],
    certainty: "documented",
  },
  {
    what: "a volume is attached within its own zone only",
    so: "volumes are made in their machine's zone, and zones have to be named where there are volumes",
    sources: ["volumesOverview", "terraform"],
    certainty: "documented",
  },
  {
    what: "volumes are of cinder's version 2",
    so: "the provider finds them under volumev2, and asks for nothing newer",
    sources: ["volumes"],
    certainty: "held",
  },
  {
    what: "a placement policy, nova's server group, knows anti-affinity only, and a server is put into one by a scheduler hint",
    so: "machines of a group stand on different hosts or are not made: leave `spread: false` for large pools",
    sources: ["instance"],
    certainty: "documented",
  },
  {
    what: "a server of another flavor is stopped and started again, and goes on by itself where nova waits for a confirmation",
    so: "the provider is told to wait for none: else a machine that was resized would end in an error",
    sources: ["instance"],
    certainty: "documented",
  },
  {
    what: "servers keep metadata, which the console shows and uses under names of its own (os_distro, login_username …)",
    so: "labels are metadata; ours have other names",
    sources: ["instance"],
    certainty: "documented",
  },
  {
    what: "balancers are at neutron's lbaas v2.0 under the network's endpoint, without tags, allowed ranges and client timeouts; a member has no name; who may enter is said by IP ACL groups",
    so: "the OpenStack provider asks for an endpoint of the type load-balancer, and its overrides do not help where the catalogue has none: the API has no balancer here",
    sources: ["balancer", "balancerOverview", "terraform"],
    certainty: "held",
  },
  {
    what: "a login is narrowed by the roles of its user in the project alone, and every role that may change anything of the network or of volumes may make and delete machines too; an API password is its user's one, for all projects",
    so: "the user of this tool needs Infrastructure's role Security Group ADMIN, and no other; a password of any user in a cluster would open the whole project from there, so that none is put there",
    sources: ["roles", "token"],
    certainty: "documented",
  },
  {
    what: "the controller for OpenStack's balancers logs in by version 2.0 as well, asks the catalogue for Octavia's load-balancer, and ends where that is not there",
    so: "`platform.loadBalancer` of kind `cloud` with Services is refused",
    sources: ["balancers", "token"],
    certainty: "documented",
  },
  {
    what: "the driver of OpenStack's volumes logs in by version 2.0 as well; up to 1.33 it asks the catalogue for volumev3 and ends where that is not there, from 1.34 on it takes volumev2 too, which nobody has tried",
    so: "`platform.storage` of kind `cloud` is refused; from 1.34 on for want of a login alone",
    sources: ["driver", "token", "volumes"],
    certainty: "documented",
  },
  {
    what: "clusters of NHN's own Kubernetes service have a controller and a Cinder driver of NHN's builds (v1.27.102-nks3); neither their images nor their source are documented for other clusters",
    so: "they are not used here",
    sources: ["nks"],
    certainty: "documented",
  },
  {
    what: "K-PaaS's controller for NHN Cloud has the user's API password, from OpenBao or a Secret. It takes every Service of type LoadBalancer and clears the address that another one has given it, makes a new floating address for each, sets no IP ACL, has no internal balancers and takes no address that is planned; at deletion the floating address stays, and nodes that come or go later are followed by no member",
    so: "it is not run: the platform would be open to the world whatever `ingressCidrs` say, at an address that nobody knows before, and the password would be in the cluster. Never run it beside MetalLB: Services that bear no `nhn.cloud/managed-by` of another's lose their addresses",
    sources: ["kpaas"],
    certainty: "documented",
  },
  {
    what: "an address that moves between machines is a port of its own and allowed address pairs",
    so: "`cluster.apiEndpoint.kind: virtualIp` and MetalLB's range are put on ports as on OpenStack",
    sources: ["compatible", "interface"],
    certainty: "documented",
  },
  {
    what: "the network carries the ARP by which kube-vip, keepalived and MetalLB take an address over",
    so: "try it before you count on it; K-PaaS itself installs no MetalLB there",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "a floating address can point to a port that no machine has, as the ingress's is",
    so: "it is asked for, as on OpenStack",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "the list of networks shows the pool by the name Public Network, which documents of the API show as public_network too",
    so: "give the other name at `infrastructure.nhn.externalNetwork` if the look at the cloud does not find it",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "security rules take the protocols 4 (IP in IP) and 112 (VRRP) by their numbers",
    so: "they are needed for IP in IP and for keepalived only",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "every region has the flavors m2.c1m2, m2.c2m4, m2.c4m8 and m2.c8m16",
    so: "they are the sizes by default; one that is missing is told before anything is made",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "flavors tell their extra specs, which the provider asks for; NHN's own provider does too",
    so: "else sizes would not be found",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "quotas of nova are told; of the network and of volumes they are not, since that takes identity of version 3",
    so: "what is not told is not compared, and the preview says so",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "a server takes 128 pieces of metadata, as nova's default is; documents limit their length only",
    so: "more labels are refused at `check`",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "a single port can be read by its id: the list of compatible calls has ports' list, creation, change and deletion, and NHN's own provider reads them so",
    so: "else nothing could be refreshed",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "a port that a floating address points to can be changed by the API; the console refuses it",
    so: "else a change of the bastion's or the ingress's security groups or address pairs fails: take the floating address from it first",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "key pairs take ED25519 keys; documents show RSA",
    so: "the pair that is generated is ED25519: else give an RSA key at `infrastructure.access.ssh`",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "a port takes ten allowed address pairs at most, as neutron's default is",
    so: "more are refused at `check`",
    sources: [],
    certainty: "unproven",
  },
  {
    what: "a volume can be enlarged by the API",
    so: "the console can: enlarge it there, set `sizeGiB` to the same, and run `kpaas refresh`",
    sources: [],
    certainty: "unproven",
  },
];

/** The facts as a table for the documentation. */
export function factTable(): string {
  const rows = FACTS.map(({ what, so, sources, certainty }) => {
    const links = sources.map((source) => `[${source}](${SOURCES[source]})`).join(", ");
    return `| ${what} | ${so} | ${certainty === "unproven" ? "**unproven**" : certainty} | ${links} |`;
  });
  return ["| of NHN Cloud | so | | source |", "|---|---|---|---|", ...rows].join("\n");
}
