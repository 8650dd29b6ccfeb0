/*
 * What every field of the environment file means: the one source of the descriptions in the JSON Schema, of the comments that editors show
 * beside TypeScript's types, and of the table in docs/environment-file.md. What a change of a field does is in model/guard/changes.ts; what
 * a service's or a cloud's own options mean, in their definitions.
 */

import { globalRegistry, z } from "zod";
import type { Registry } from "../registry";
import { ADDRESS, CIDR, clusterDocs, type FieldDoc, nameOrId } from "./cluster-field-docs";
import { extraDocs } from "./extra-field-docs";
import * as kinds from "./fields";
import { elementOf, isList, shapeOf } from "./schema-kinds";
import { secretFieldsOf } from "./secret-fields";
import { tenantDocs } from "./tenant-field-docs";

export const fieldDocs: readonly FieldDoc[] = [
  { path: "name", means: "the identity of the environment: a DNS label of at most 30 characters, which the stack and every resource take" },
  { path: "extends", means: "a base file, merged deeply under this one: maps merge, lists and scalars replace. A base has no `name`" },
  {
    path: "release",
    means:
      'the K-PaaS release, in quotes: `"1.7.0"` or `"1.6.2"`; `"1.7.0+maintained"` has its applications on versions that their projects still mend ([more](catalogue.md))',
    byDefault: "the newest, then as locked",
    type: "`#.#.#` | `#.#.#+maintained` | `#.#.#+step-#`",
  },
  {
    path: "profile",
    means:
      "`minimal`: 1 control plane, 2 workers; `standard`: 1 and 3, and the whole of K-PaaS ([which services](#services)); `highAvailability`: the same with 3 and 3, a bastion, two replicas of the services that can have them",
    byDefault: "`minimal`",
  },
  { path: "labels", means: "labels on everything that can carry them, as [written below](#labels-and-names)" },
  {
    path: "layers",
    means: "how many stacks hold the environment. `one`: NAME; `three`: NAME.infrastructure, NAME.cluster and NAME.platform",
    byDefault: "`one`",
  },
  { path: "protect", means: "`data`: data volumes cannot be deleted by the engine; `none`: they can", byDefault: "`data`" },
  {
    path: "retain",
    means:
      "what a destroy leaves. `volumes`: data volumes stay in the cloud when their resources are deleted, and so do the claims of the services' data with their namespaces, whose deletion would have the storage class delete the volume behind them; a destroy goes by it though no `up` has recorded it",
    later: ["backups", "addresses"],
  },

  { path: "infrastructure", means: "where the machines come from, and how they are reached" },
  {
    path: "infrastructure.provider",
    means: "the cloud that the machines come from",
  },
  { path: "infrastructure.region", means: "the cloud's region", byDefault: "the cloud's own" },
  {
    path: "infrastructure.zones",
    means: "names of availability zones: machines are spread over them once, then stay",
    byDefault: "one unnamed zone",
  },
  {
    path: "infrastructure.image",
    means:
      "the image of machines built from now on, by name or id, pinned. Ubuntu or Debian where the NFS server is made from it: names of other systems are refused, ids are taken at their word",
    byDefault: "`ubuntu-22.04`",
  },
  { path: "infrastructure.network", means: "the machines' network" },
  { path: "infrastructure.network.cidr", means: "its addresses", byDefault: "`10.20.0.0/16`", type: CIDR },
  { path: "infrastructure.network.gateway", means: "its gateway", byDefault: "the first host", type: ADDRESS },
  { path: "infrastructure.network.dns", means: "addresses of resolvers, at most 5", byDefault: "the cloud's" },
  {
    path: "infrastructure.network.reserved",
    means:
      "addresses (`10.20.0.2`), ranges (`10.20.0.2-10.20.0.9`) and networks (`10.20.0.0/28`) inside the network that belong to others: [nothing is given one](#addresses)",
  },
  {
    path: "infrastructure.network.floating",
    means:
      "floating addresses made beforehand, which are used and never deleted; or `none`: the network is reachable by itself ([reaching it](#reaching-it))",
    byDefault: "made where somebody outside may reach in",
  },
  { path: "infrastructure.network.floating.api", means: "that of the Kubernetes API", byDefault: "one is made", type: ADDRESS },
  { path: "infrastructure.network.floating.ingress", means: "that of the ingress", byDefault: "one is made", type: ADDRESS },
  { path: "infrastructure.network.floating.bastion", means: "that of the bastion", byDefault: "one is made", type: ADDRESS },
  { path: "infrastructure.network.existing", means: "what exists already and is used instead of being made" },
  { path: "infrastructure.network.existing.network", means: `the network, ${nameOrId}` },
  { path: "infrastructure.network.existing.subnets", means: "its subnets by what they are for" },
  { path: "infrastructure.network.existing.subnets.node", means: `the machines' subnet, ${nameOrId}` },
  {
    path: "infrastructure.network.existing.cidr",
    means: "the range of that subnet, where `network.cidr` holds more than one",
    byDefault: "`network.cidr`",
    type: CIDR,
  },
  {
    path: "infrastructure.network.existing.groups",
    means:
      "groups of machines that are in another subnet of the network: `control-plane`, `etcd`, `bastion`, `nfs` or a pool's name ([several subnets](#several-subnets))",
  },
  { path: "infrastructure.network.existing.groups.KEY.subnet", means: `their subnet, ${nameOrId}` },
  { path: "infrastructure.network.existing.groups.KEY.cidr", means: "its range, inside `network.cidr`", type: CIDR },
  {
    path: "infrastructure.network.existing.router",
    means: `the router, ${nameOrId}: needed for whoever comes from outside (a bastion, \`adminCidrs\`, \`ingressCidrs\` beyond the network)`,
  },
  { path: "infrastructure.access", means: "who may reach the environment, and how this tool does" },
  {
    path: "infrastructure.access.adminCidrs",
    means: "who outside the network may reach the bastion's SSH and the Kubernetes API",
    byDefault: "nobody",
  },
  {
    path: "infrastructure.access.ingressCidrs",
    means: "who may reach the platform on 80 and 443",
    byDefault: "the network and `adminCidrs`",
  },
  {
    path: "infrastructure.access.bastion",
    means: "whether there is a bastion, or what it is",
    byDefault: "`true` in `highAvailability`, else `false`",
  },
  { path: "infrastructure.access.bastion.size", means: `its flavor, ${nameOrId}`, byDefault: "`m1.small`" },
  {
    path: "infrastructure.access.api",
    means: "how this tool reaches the API; [with `bastion`](commands.md#private-clusters) through one SSH tunnel",
    byDefault: "`direct`, or `bastion` where there is one and no `adminCidrs`",
  },
  { path: "infrastructure.access.ssh", means: "how to log in to the machines", byDefault: "user `ubuntu`, a generated pair of keys" },
  { path: "infrastructure.access.ssh.user", means: "the image's user that may become root", byDefault: "`ubuntu`" },
  { path: "infrastructure.access.ssh.publicKey", means: "the public half of `privateKey`, in OpenSSH's form; alone it does not suffice" },
  {
    path: "infrastructure.access.ssh.privateKey",
    means: "the private key, without a passphrase; alone it suffices",
    byDefault: "a pair is generated and kept as a secret",
    type: "SecretReference",
  },
  {
    path: "infrastructure.access.ssh.keyPair",
    means: "the name of a key pair that the cloud has, beside its `privateKey`",
    byDefault: "one is made",
  },
  {
    path: "infrastructure.access.ssh.agent",
    means: "whether the keys of your SSH agent are tried, beside `privateKey` or in its place; on hosts that are there already",
    byDefault: "`false`",
  },
  {
    path: "infrastructure.access.ssh.sudoPassword",
    means: "what `sudo` asks the user for, the same on all hosts; on hosts that are there already",
    byDefault: "it asks for nothing",
    type: "SecretReference",
  },
  {
    path: "infrastructure.credentials",
    means: "a JSON object of provider arguments; `user_name` and `userName` are the same",
    byDefault: "the provider's environment variables or configuration",
    type: "SecretReference",
  },

  ...clusterDocs,

  { path: "platform", means: "what runs in the cluster" },
  {
    path: "platform.domain",
    means: "everything is served under it: for visitors from outside give one",
    byDefault: "`ADDRESS.nip.io` of the ingress's floating address where the file names that, else of the one inside",
  },
  { path: "platform.tls", means: "where the platform's certificates come from", byDefault: "`selfSigned`" },
  {
    path: "platform.tls.kind",
    means: "`selfSigned`: an authority of the environment's own; `provided`; `acme`, under a domain that the world can look up and reach",
  },
  {
    path: "platform.tls.certificate",
    means: "with `provided`: the wildcard certificate of the domain, with its chain, PEM",
    type: "SecretReference",
  },
  { path: "platform.tls.key", means: "with `provided`: its private key, PEM", type: "SecretReference" },
  {
    path: "platform.tls.authority",
    means: "with `provided`: what signed it, PEM, several one after the other: what the services and the nodes trust",
    byDefault: "the certificate itself",
    type: "SecretReference",
  },
  {
    path: "platform.tls.authorities",
    means:
      "with `selfSigned`: numbers of the environment's own authorities: the first one signs, all of them are trusted ([another one](security.md#another-authority))",
    byDefault: "`[1]`",
  },
  { path: "platform.tls.email", means: "with `acme`: whom the authority writes to" },
  {
    path: "platform.storage",
    means:
      "where services' volumes are; `resources`, `nodeSelector`, `tolerations` and `values` as services have them count for what makes the volumes: the provisioner of `nfs`, Rook's operator and provisioners of `rookCeph` (Ceph's own daemons stay where the disks are), the driver of `cloud` (which stays on control planes)",
    byDefault: "`nfs`, on a machine of its own",
  },
  {
    path: "platform.storage.kind",
    means:
      "`nfs`: a share, on a machine of ours or a given server; `rookCeph`: Ceph on the disks of a pool's machines ([more](services/rook-ceph.md)); `existing`: a storage class that the cluster has; `cloud`: the cloud's own volumes, by its driver ([below](#volumes-and-balancers-of-the-cloud))",
  },
  { path: "platform.storage.sizeGiB", means: "with `nfs` on a machine of ours: the share's size in GiB", byDefault: "`200`" },
  { path: "platform.storage.size", means: `with \`nfs\` on a machine of ours: its flavor, ${nameOrId}`, byDefault: "`m1.medium`" },
  { path: "platform.storage.server", means: "with `nfs`: a server that is there, by address or name; then no machine is made" },
  {
    path: "platform.storage.path",
    means: "with `nfs`: the share's folder, a plain path; on a machine of ours none of its own system's folders",
    byDefault: "`/home/share/nfs` on a machine of ours",
  },
  {
    path: "platform.storage.pool",
    means: "with `rookCeph`: the pool whose volumes it takes, of three machines at least; what is on them is Ceph's from then on",
  },
  {
    path: "platform.storage.volumes",
    means: "with `rookCeph`: the names of the volumes that it takes, each a disk of its own; none of them may be mounted",
    byDefault: "all that are mounted nowhere",
  },
  {
    path: "platform.storage.replicas",
    means:
      "with `rookCeph`: how often each block is kept, on as many machines. `1` is for trying it out, on any number of machines: whatever is on a disk is lost with it",
    byDefault: "`3`",
  },
  {
    path: "platform.storage.failureDomain",
    means: "with `rookCeph`: what the copies of a block are kept apart by",
    byDefault: "`zone` where the pool's machines are in as many zones as there are copies, and in three at least; else `host`",
  },
  {
    path: "platform.storage.reclaim",
    means: "with `rookCeph`: what becomes of a volume when its claim is deleted; `retain` keeps it until somebody deletes it by hand",
    byDefault: "`retain`",
  },
  {
    path: "platform.storage.objects",
    means: "with `rookCeph`: whether buckets can be had too, by claims of the class `ceph-bucket`",
    byDefault: "`false`",
  },
  {
    path: "platform.storage.daemons",
    means: "with `rookCeph`: resources of Ceph's daemons, by their kind; what is not said is [as by default](services/rook-ceph.md)",
  },
  { path: "platform.storage.daemons.mon", means: "of each monitor" },
  { path: "platform.storage.daemons.mgr", means: "of each manager" },
  { path: "platform.storage.daemons.osd", means: "of each disk's daemon, which keeps to four fifths of its limit" },
  { path: "platform.storage.daemons.mds", means: "of what has the metadata of files" },
  { path: "platform.storage.daemons.rgw", means: "of the gateway of buckets" },
  { path: "platform.storage.className", means: "with `existing`: the class's name" },
  {
    path: "platform.storage.classes",
    means: "with `cloud`: storage classes by name. `cp-storageclass` is there always, and the default one; what is said of it here counts",
  },
  { path: "platform.storage.classes.KEY.type", means: "its volumes' type, by the cloud's name", byDefault: "the cloud's" },
  {
    path: "platform.storage.classes.KEY.reclaim",
    means: "what becomes of a volume when its claim is deleted",
    byDefault: "`delete`",
  },
  {
    path: "platform.loadBalancer",
    means:
      "who gives Services of type LoadBalancer their addresses; `resources`, `nodeSelector`, `tolerations` and `values` as services have them count for its pods: MetalLB's controller (its speakers stay on every node, and bear the taints that the ingress's pods bear), or the cloud's (which stays on control planes)",
    byDefault: "`metallb`, or `cloud` where machines can answer for no address but their own",
  },
  {
    path: "platform.loadBalancer.kind",
    means:
      "`metallb`: addresses of the machines' network; `cloud`: balancers of the cloud's ([below](#volumes-and-balancers-of-the-cloud))",
  },
  {
    path: "platform.loadBalancer.services",
    means: "with `cloud`: whether Services have balancers made by the cloud's controller, which then runs in the cluster",
    byDefault: "`true`; `false` where a balancer of the infrastructure leads to the ingress, and only that is wanted",
  },
  { path: "platform.loadBalancer.range", means: "the addresses it gives, FIRST-LAST", byDefault: "planned, then as locked" },
  {
    path: "platform.ingress",
    means:
      "how HTTP reaches the services; `replicas`, `autoscaling`, `resources`, `nodeSelector`, `tolerations` and `reaches` as services have them count for its controllers",
  },
  {
    path: "platform.ingress.kind",
    means: "the ingress controller that has the address ([how one takes the other's place](services/traefik.md#the-move))",
    byDefault: "as the release for a new environment: `nginx`, of a maintained line `traefik`; then as locked",
  },
  {
    path: "platform.ingress.beside",
    means: "another one that runs beside it without the address: the next one, or the one before",
    byDefault: "none",
  },
  {
    path: "platform.ingress.address",
    means: "its address: planned, never discovered",
    byDefault: "planned, then as locked",
    type: ADDRESS,
  },
  {
    path: "platform.ingress.values",
    means:
      "values of the controllers' charts, laid over ours ([a chart's own values](#a-charts-own-values)), by `kind`, since each has its own",
  },
  { path: "platform.ingress.values.nginx", means: "those of ingress-nginx" },
  { path: "platform.ingress.values.traefik", means: "those of Traefik" },
  { path: "platform.services", means: "which services there are, and with what options", byDefault: "as the profile" },
  { path: "platform.services.KEY", means: "`true`, `false`, or its options", byDefault: "as the profile" },
  { path: "platform.services.KEY.replicas", means: "how many instances, where it can have several", byDefault: "as the profile" },
  {
    path: "platform.services.KEY.autoscaling",
    means: "as many instances as their load asks for, where more of them share it; in place of `replicas`, and by what is measured of them",
    byDefault: "always as many as `replicas`",
  },
  { path: "platform.services.KEY.autoscaling.minReplicas", means: "how many there are at least", byDefault: "`2`" },
  { path: "platform.services.KEY.autoscaling.maxReplicas", means: "how many there are at most" },
  {
    path: "platform.services.KEY.autoscaling.cpuPercent",
    means: "how much of the CPU that they request they are to use, on the average of all",
    byDefault: "`80`",
  },
  {
    path: "platform.services.KEY.nodeSelector",
    means: "labels of the nodes its pods run on, as pools have them; what works on every node stays there",
    byDefault: "any node",
  },
  {
    path: "platform.services.KEY.tolerations",
    means: "taints that do not keep its pods away, as pools have them: `key=value:Effect`, or `key:Effect` for any value",
    byDefault: "none",
  },
  {
    path: "platform.services.KEY.reaches",
    means:
      "networks that its pods may reach besides, such as a mail server's `10.0.5.0/24`; what it needs by itself is open without ([security](security.md#what-pods-reach))",
    byDefault: "none",
  },
  {
    path: "platform.services.KEY.resources",
    means: "of its containers: Kubernetes quantities, as texts or numbers, requests no more than limits",
    byDefault: "as the release",
  },
  { path: "platform.services.KEY.resources.requests", means: "what is kept free for each container" },
  { path: "platform.services.KEY.resources.limits", means: "what each container may use at most" },
  { path: "…requests", means: "what is kept free for each container" },
  { path: "…limits", means: "what each container may use at most" },
  { path: "…requests.cpu", means: "in processors: `0.5`, `500m`" },
  { path: "…requests.memory", means: "in bytes: `512Mi`" },
  { path: "…limits.cpu", means: "in processors: `0.5`, `500m`" },
  { path: "…limits.memory", means: "in bytes: `512Mi`" },
  {
    path: "platform.services.KEY.size",
    means:
      "its volume, a number of GiB or a quantity such as `20Gi`, where it keeps data; fixed on `nfs`, where it can fill the share anyway",
    byDefault: "as the release",
    type: "number | `#Gi` | `#Ti`",
  },
  { path: "platform.services.KEY.values", means: "values of its chart, laid over ours ([a chart's own values](#a-charts-own-values))" },
  ...extraDocs,
  ...tenantDocs,
  { path: "edge", means: "edge nodes", later: true },

  { path: "….env", means: "the secret is in this environment variable" },
  { path: "….config", means: "the secret is in this key of the Pulumi configuration, a secret there" },
  { path: "….vault", means: "the secret is in Vault, or a server with its API, key-value version 2: PATH#FIELD" },
  { path: "….file", means: "the secret is in this file; a relative path goes by the folder of the file it stands in" },
];

/** All rows: those above, with the sections of the clouds behind what all of them have. */
export function docsOf(registry: Registry): readonly FieldDoc[] {
  const docs = known.get(registry) ?? withClouds(registry);
  known.set(registry, docs);
  return docs;
}

const known = new WeakMap<Registry, readonly FieldDoc[]>();

function withClouds(registry: Registry): FieldDoc[] {
  const references = secretFieldsOf(registry);
  const clouds = Object.values(registry.clouds).flatMap(({ name, title, options }): FieldDoc[] => [
    { path: `infrastructure.${name}`, means: `what only ${title} takes` },
    ...Object.entries(options(z, kinds))
      .flatMap(([option, type]) => optionDocs(`infrastructure.${name}.${option}`, type))
      .map((doc): FieldDoc => (references.includes(doc.path) ? { ...doc, type: "SecretReference" } : doc)),
  ]);
  const last = fieldDocs.findLastIndex(({ path }) => path.startsWith("infrastructure"));
  return [...fieldDocs.slice(0, last + 1), ...clouds, ...fieldDocs.slice(last + 1)];
}

/** An option says itself what it means, and what is taken without it; so do the fields in it. */
function optionDocs(path: string, type: unknown): FieldDoc[] {
  const { description, byDefault } = globalRegistry.get(type as z.ZodType) ?? {};
  const own = description === undefined ? [] : [{ path, means: description, ...(typeof byDefault === "string" ? { byDefault } : {}) }];
  const element = elementOf(type);
  return [
    ...own,
    ...Object.entries(shapeOf(type) ?? {}).flatMap(([field, each]) => optionDocs(`${path}.${field}`, each)),
    ...(element === undefined ? [] : optionDocs(`${path}.${isList(type) ? "N" : "KEY"}`, element)),
  ];
}

/** The row of a field; undefined where nothing is known of it. `path` has KEY and N for what the file names itself. */
export function docOf(path: string, registry: Registry): FieldDoc | undefined {
  const docs = docsOf(registry);
  const exact = docs.find((doc) => doc.path === path || doc.path === path.replace(/^(platform\.services)\.[^.]+/, "$1.KEY"));
  // Ingress, storage and load balancer have fields of their own, and in them what services have.
  const common = docs.find((doc) => doc.path === path.replace(/^platform\.(ingress|storage|loadBalancer)\b/, "platform.services.KEY"));
  return exact ?? common ?? docs.find((doc) => doc.path.startsWith("…") && `.${path}`.endsWith(doc.path.slice(1).replace(/^(?!\.)/, ".")));
}
