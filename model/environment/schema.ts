import { z } from "zod";
import { overlaps, parseAddress, parseCidr, parseRange } from "../ipv4";

/*
 * The environment file as a schema: the contract of docs/environment-file.md. Strict everywhere, so that a slip of the pen is an
 * error; every default is applied later, in resolve.ts, since it depends on the profile.
 */

const label = (what: string, max: number) =>
  z
    .string()
    .regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, `${what} must be a DNS label: lower-case letters, digits and inner hyphens`)
    .max(max, `${what} must have at most ${max} characters`);
const unusable = ["0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"].flatMap((text) => parseCidr(text) ?? []);
const address = z.string().refine((text) => parseAddress(text) !== undefined, "must be an IPv4 address such as 10.20.1.11");
const cidr = z.string().refine((text) => parseCidr(text) !== undefined, {
  message: "must be an IPv4 network such as 10.20.0.0/16, with no bits set beyond the prefix",
});
/** A network that machines, pods or Services can have addresses of. */
const network = cidr.refine((text) => {
  const block = parseCidr(text);
  return !block || !unusable.some((each) => overlaps(each, block));
}, "must be a network of ordinary addresses: neither loopback, nor link-local, nor multicast");
const range = z
  .string()
  .refine((text) => parseRange(text) !== undefined, "must be a range of IPv4 addresses such as 10.20.0.200-10.20.0.230")
  .refine((text) => {
    const { first, last } = parseRange(text) ?? { first: 0, last: 0 };
    return last - first < 65_536;
  }, "must have at most 65536 addresses");
const domain = z
  .string()
  .max(253)
  .regex(/^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\.)+[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be a domain name such as seoul.example.org");
const pinned = z
  .string()
  .min(1)
  .refine((text) => !/(^|[:@/-])latest$/i.test(text), 'must be pinned: "latest" changes under a running environment');
const positive = z.int().min(1);
const text = z.string().min(1);

/** Where a secret is found. */
export const secretReferenceSchema = z.union([
  z.strictObject({ env: z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an environment variable") }),
  z.strictObject({ config: z.string().min(1) }),
  z.strictObject({ vault: z.string().min(1) }),
  z.strictObject({ file: z.string().min(1) }),
]);

const labels = z.record(
  z
    .string()
    .regex(
      /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
      "must be a label key: at most 63 letters, digits, '-', '_' and '.', with a domain and a slash before them if need be",
    ),
  z
    .string()
    .regex(/^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/, "must be a label value: at most 63 letters, digits, '-', '_' and '.'"),
);
const taint = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?(=([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?)?:(NoSchedule|PreferNoSchedule|NoExecute)$/,
    "must read key=value:Effect with the effect NoSchedule, PreferNoSchedule or NoExecute",
  );
const volume = z.strictObject({ name: label("a volume's name", 20), sizeGiB: positive, type: text.optional() });

const node = z.strictObject({
  zone: text.optional(),
  address: address.optional(),
  size: text.optional(),
  generation: positive.optional(),
});
const nodes = (least: number) =>
  z.union([
    z.int().min(least).max(5000),
    z
      .record(label("a machine's key", 40), node.nullable())
      .refine((keys) => Object.keys(keys).length >= least, "must have at least one machine"),
  ]);

const quantity = z.string().regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/, "must be a Kubernetes quantity such as 500m or 2Gi");
const amounts = z.strictObject({ cpu: quantity.optional(), memory: quantity.optional() });
const resources = z.strictObject({ requests: amounts.optional(), limits: amounts.optional() });
const service = z.union([
  z.boolean(),
  z.strictObject({
    replicas: positive.max(50).optional(),
    resources: resources.optional(),
    sizeGiB: positive.optional(),
    values: z.record(z.string(), z.unknown()).optional(),
  }),
]);

/** The services of the environment file, in the order it documents them. */
export const serviceSwitches = [
  "metricsServer",
  "certManager",
  "kyverno",
  "mariadb",
  "postgresql",
  "keycloak",
  "openbao",
  "harbor",
  "chartmuseum",
  "chaosMesh",
  "nats",
  "portal",
  "pipeline",
  "sourceControl",
  "kubeflow",
  "istio",
  "monitoring",
  "logging",
] as const;
export type ServiceSwitch = (typeof serviceSwitches)[number];

const services = z.strictObject(
  Object.fromEntries(serviceSwitches.map((name) => [name, service.optional()])) as Record<ServiceSwitch, z.ZodOptional<typeof service>>,
);

const infrastructure = z.strictObject({
  provider: z.enum(["openstack", "nhn", "aws", "gcp", "azure", "vsphere", "existing"]),
  region: text.optional(),
  zones: z
    .array(z.string().min(1))
    .min(1)
    .refine((zones) => new Set(zones).size === zones.length, "must not name a zone twice")
    .optional(),
  image: pinned.optional(),
  network: z
    .strictObject({
      cidr: network.optional(),
      gateway: address.optional(),
      dns: z.array(address).optional(),
      existing: z
        .strictObject({
          network: text,
          subnets: z.strictObject({ node: text }),
          router: text.optional(),
        })
        .optional(),
    })
    .optional(),
  access: z
    .strictObject({
      adminCidrs: z.array(cidr).optional(),
      ingressCidrs: z.array(cidr).optional(),
      bastion: z.boolean().optional(),
      api: z.enum(["direct", "bastion"]).optional(),
      ssh: z
        .strictObject({
          user: z
            .string()
            .regex(/^[a-z_][-a-z0-9_]{0,31}$/, "must be a Linux user name")
            .optional(),
          publicKey: z
            .string()
            .regex(/^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/=]+( .*)?$/, "must be an OpenSSH public key")
            .optional(),
          privateKey: secretReferenceSchema.optional(),
        })
        .optional(),
    })
    .optional(),
  credentials: secretReferenceSchema.optional(),
  openstack: z
    .strictObject({
      externalNetwork: z.string().min(1).optional(),
      loadBalancerProvider: z.enum(["amphora", "ovn"]).optional(),
      bootVolumeGiB: positive.optional(),
      bootVolumeType: text.optional(),
    })
    .optional(),
  nhn: z.record(z.string(), z.unknown()).optional(),
  aws: z.record(z.string(), z.unknown()).optional(),
  gcp: z.record(z.string(), z.unknown()).optional(),
  azure: z.record(z.string(), z.unknown()).optional(),
  vsphere: z.record(z.string(), z.unknown()).optional(),
  existing: z.record(z.string(), z.unknown()).optional(),
});

const cluster = z.strictObject({
  engine: z.enum(["kubespray", "eks", "gke", "aks", "imported"]).optional(),
  kubernetes: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, "must be a full Kubernetes version without a leading v, in quotes, such as 1.33.5")
    .optional(),
  controlPlane: z.strictObject({ nodes: nodes(1).optional(), size: text.optional() }).optional(),
  etcd: z
    .strictObject({
      placement: z.enum(["stacked", "external"]),
      nodes: nodes(1).optional(),
      size: text.optional(),
    })
    .optional(),
  pools: z
    .record(
      label("a pool's name", 30),
      z.strictObject({
        nodes: nodes(0).optional(),
        size: text.optional(),
        labels: labels.optional(),
        taints: z.array(taint).optional(),
        // Devices are named /dev/vdb to /dev/vdz.
        volumes: z.array(volume).max(24).optional(),
        spread: z.boolean().optional(),
      }),
    )
    .optional(),
  network: z
    .strictObject({
      plugin: z.enum(["calico", "cilium", "flannel"]).optional(),
      encapsulation: z.enum(["vxlan", "ipip", "none"]).optional(),
      podCidr: network.optional(),
      serviceCidr: network.optional(),
      nodePrefix: z.int().min(16).max(30).optional(),
      proxyMode: z.enum(["ipvs", "iptables", "nftables"]).optional(),
    })
    .optional(),
  runtime: z.enum(["crio", "containerd"]).optional(),
  apiEndpoint: z
    .strictObject({
      kind: z.enum(["loadBalancer", "virtualIp", "node"]).optional(),
      domain: domain.optional(),
      address: address.optional(),
    })
    .optional(),
  hardening: z
    .strictObject({
      auditLog: z.boolean().optional(),
      encryptSecrets: z.boolean().optional(),
      tlsCipherSuites: z
        .array(z.string().regex(/^TLS_[A-Z0-9_]+$/, "must be a TLS cipher suite's name such as TLS_AES_128_GCM_SHA256"))
        .min(1)
        .optional(),
      podSecurity: z.enum(["privileged", "baseline", "restricted"]).optional(),
    })
    .optional(),
  certificates: z.strictObject({ autoRenew: z.boolean().optional() }).optional(),
  backups: z
    .strictObject({
      etcd: z
        .strictObject({
          schedule: z.string().optional(),
          keep: positive.optional(),
          to: z
            .union([
              z.literal("local"),
              z.strictObject({ s3: z.record(z.string(), z.unknown()) }),
              z.strictObject({ nfs: z.record(z.string(), z.unknown()) }),
            ])
            .optional(),
        })
        .optional(),
    })
    .optional(),
  airGap: z.strictObject({ registry: z.string().min(1), files: z.string().optional() }).optional(),
  onDelete: z.enum(["forget", "reset"]).optional(),
  variables: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an Ansible variable"), z.unknown()).optional(),
});

const platform = z.strictObject({
  domain: domain.optional(),
  tls: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("selfSigned") }),
      z.strictObject({ kind: z.literal("provided"), certificate: secretReferenceSchema, key: secretReferenceSchema }),
      z.strictObject({ kind: z.literal("acme"), email: z.email("must be an e-mail address") }),
    ])
    .optional(),
  storage: z
    .discriminatedUnion("kind", [
      z.strictObject({
        kind: z.literal("nfs"),
        sizeGiB: positive.optional(),
        server: z
          .string()
          .refine(
            (name) => (/^[\d.]+$/.test(name) ? parseAddress(name) !== undefined : /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/.test(name)),
            "must be an IPv4 address or a host name",
          )
          .optional(),
        path: z.string().startsWith("/", "must be an absolute path").optional(),
      }),
      z.strictObject({ kind: z.literal("rookCeph"), pool: z.string().min(1), replicas: positive.optional() }),
      z.strictObject({ kind: z.literal("existing"), className: z.string().min(1) }),
    ])
    .optional(),
  loadBalancer: z
    .discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("metallb"), range: range.optional() }),
      z.strictObject({ kind: z.literal("cloud") }),
    ])
    .optional(),
  ingress: z.strictObject({ kind: z.enum(["nginx", "traefik"]).optional(), address: address.optional() }).optional(),
  services: services.optional(),
  extra: z.strictObject({ releases: z.record(z.string(), z.unknown()).optional(), manifests: z.array(z.unknown()).optional() }).optional(),
  tenants: z.record(label("a tenant's name", 40), z.record(z.string(), z.unknown())).optional(),
});

/** The environment file after `extends` is merged. */
export const environmentFileSchema = z.strictObject({
  name: label("the name", 30),
  extends: z.string().optional(),
  release: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, 'must be a K-PaaS release in quotes, such as "1.7.0"')
    .optional(),
  profile: z.enum(["minimal", "standard", "highAvailability"]).optional(),
  labels: labels.optional(),
  layers: z.enum(["one", "three"]).optional(),
  protect: z.enum(["data", "none"]).optional(),
  retain: z.array(z.enum(["volumes", "backups", "addresses"])).optional(),
  infrastructure,
  cluster: cluster.optional(),
  platform: platform.optional(),
  edge: z.record(z.string(), z.unknown()).optional(),
});

export type EnvironmentFile = z.infer<typeof environmentFileSchema>;

const fleetFileSchema = z.strictObject({
  name: label("the name", 30),
  environments: z.array(z.string().min(1)),
  registered: z
    .record(label("a cluster's name", 30), z.strictObject({ kubeconfig: secretReferenceSchema, labels: labels.optional() }))
    .optional(),
  waves: z
    .array(
      z.strictObject({
        name: label("a wave's name", 30),
        select: z.array(z.string().min(1)),
        bake: z
          .string()
          .regex(/^\d+[smh]$/, "must be a duration such as 10m")
          .optional(),
        maxConcurrent: positive.optional(),
        maxFailures: z.int().min(0).optional(),
        approval: z.boolean().optional(),
      }),
    )
    .optional(),
  health: z
    .strictObject({
      apiServer: z.boolean().optional(),
      nodesReady: z
        .string()
        .regex(/^\d{1,3}%$/, "must be a percentage such as 100%")
        .optional(),
      deployments: z.array(z.string()).optional(),
    })
    .optional(),
  mesh: z.strictObject({ kind: z.enum(["istio", "linkerd"]), trustDomain: domain.optional(), clusters: z.array(z.string()) }).optional(),
  federation: z.strictObject({ kind: z.literal("karmada"), host: z.string(), members: z.array(z.string()) }).optional(),
});

/** The JSON Schema of environment files, for editors. */
export function environmentJsonSchema(): object {
  return { title: "kpaas environment", ...z.toJSONSchema(environmentFileSchema, { io: "input" }) };
}

/** The JSON Schema of fleet files, for editors. */
export function fleetJsonSchema(): object {
  return { title: "kpaas fleet", ...z.toJSONSchema(fleetFileSchema, { io: "input" }) };
}
