import { z } from "zod";
import { objectName } from "../kubernetes-names";
import { INGRESS_KINDS, type IngressKind } from "../plan/ingress";
import { type Registry, switchedServices } from "../registry";
import { bucket, encryptionCertificate, objectPrefix, schedule } from "./backup-fields";
import { extra } from "./extra-fields";
import * as kinds from "./fields";
import {
  address,
  chartValues,
  cidr,
  domain,
  folder,
  hostLabel,
  hostOrAddress,
  label,
  labels,
  maintenance,
  mirrorUrl,
  nameOrId,
  network,
  nodes,
  pinned,
  plainText,
  podOptionsOfField,
  positive,
  range,
  registryHost,
  registryPath,
  reserved,
  resolvers,
  resources,
  type ServiceField,
  secretReferenceSchema,
  serverUrl,
  service,
  serviceOptionsOfField,
  taint,
  text,
  unique,
  userName,
  volume,
  zone,
} from "./fields";
import { tenant } from "./tenant-fields";

/*
 * The environment file as a schema: the contract of docs/environment-file.md. Strict everywhere, so that a slip of the pen is an
 * error; every default is applied later, in resolve.ts, since it depends on the profile.
 */

/** What `platform.services` may hold. */
const servicesOf = (registry: Registry): z.ZodType<Readonly<Record<string, ServiceField | undefined>>> =>
  z.strictObject(
    Object.fromEntries(
      switchedServices(registry).map(({ name, about, options }) => [name, service(options?.(z, kinds)).optional().describe(about)]),
    ),
  );

/** Where machines come from: the same for every cloud. */
const infrastructure = {
  region: text.optional(),
  zones: unique(zone).min(1).optional(),
  image: pinned.optional().describe(nameOrId),
  network: z
    .strictObject({
      cidr: network.optional(),
      gateway: address.optional(),
      dns: resolvers.optional(),
      reserved: reserved.optional(),
      floating: z
        .union([z.literal("none"), z.strictObject({ api: address.optional(), ingress: address.optional(), bastion: address.optional() })])
        .optional(),
      existing: z
        .strictObject({
          network: text.describe(nameOrId),
          subnets: z.strictObject({ node: text.describe(nameOrId) }),
          cidr: network.optional(),
          groups: z.record(hostLabel("a group's name", 30), z.strictObject({ subnet: text.describe(nameOrId), cidr: network })).optional(),
          router: text.optional().describe(nameOrId),
        })
        .optional(),
    })
    .optional(),
  access: z
    .strictObject({
      adminCidrs: unique(cidr).optional(),
      ingressCidrs: unique(cidr).optional(),
      bastion: z.union([z.boolean(), z.strictObject({ size: text.optional().describe(nameOrId) })]).optional(),
      api: z.enum(["direct", "bastion"]).optional(),
      ssh: z
        .strictObject({
          user: userName.optional(),
          publicKey: z
            .string()
            .regex(/^(ssh-(ed25519|rsa)|ecdsa-sha2-nistp(256|384|521)) [A-Za-z0-9+/=]+( .*)?$/, "must be an OpenSSH public key")
            .optional(),
          privateKey: secretReferenceSchema.optional(),
          keyPair: text.optional().describe("The name of a key pair that the cloud has."),
          agent: z.boolean().optional(),
          sudoPassword: secretReferenceSchema.optional(),
        })
        .optional(),
    })
    .optional(),
  credentials: secretReferenceSchema.optional(),
};

/** `infrastructure`, with a section of each cloud's own options. */
const infrastructureOf = (registry: Registry) => {
  const clouds = Object.values(registry.clouds);
  return z.strictObject({
    provider: z.enum(clouds.map(({ name }) => name)),
    ...infrastructure,
    ...Object.fromEntries(clouds.map(({ name, options }) => [name, z.strictObject(options(z, kinds)).optional()])),
  }) as z.ZodType<CommonInfrastructure>;
};

interface CommonInfrastructure extends z.infer<z.ZodObject<typeof infrastructure, z.core.$strict>> {
  readonly provider: string;
}

/** Backups of etcd. */
const etcdBackups = z.strictObject({
  schedule: schedule.optional(),
  keep: positive.max(10_000).optional(),
  encryptTo: encryptionCertificate,
  to: z
    .union([
      z.literal("local"),
      z.strictObject({
        s3: z.strictObject({
          bucket,
          prefix: objectPrefix.optional(),
          endpoint: serverUrl.optional(),
          region: z
            .string()
            .regex(/^[a-zA-Z0-9-]+$/, "must be the name of a region: letters, digits and '-'")
            .optional(),
          accessKey: secretReferenceSchema,
          secretKey: secretReferenceSchema,
        }),
      }),
      z.strictObject({ nfs: z.strictObject({ server: hostOrAddress, path: folder }) }),
    ])
    .optional(),
});

/** What is done once to every machine of a group. */
const forAllOfAGroup = { generation: positive.optional(), maintenance: maintenance.optional() };

const cluster = z.strictObject({
  engine: z.enum(["kubespray", "eks", "gke", "aks", "imported"]).optional(),
  kubernetes: z
    .string()
    .regex(/^\d+\.\d+\.\d+$/, "must be a full Kubernetes version without a leading v, in quotes, such as 1.33.5")
    .optional(),
  controlPlane: z.strictObject({ nodes: nodes(1).optional(), size: text.optional().describe(nameOrId), ...forAllOfAGroup }).optional(),
  etcd: z
    .strictObject({
      placement: z.enum(["stacked", "external"]),
      nodes: nodes(1).optional(),
      size: text.optional().describe(nameOrId),
      ...forAllOfAGroup,
    })
    .optional(),
  pools: z
    .record(
      hostLabel("a pool's name", 30),
      z.strictObject({
        nodes: nodes(0).optional(),
        size: text.optional().describe(nameOrId),
        ...forAllOfAGroup,
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
      by: z.enum(["kubeVip", "keepalived"]).optional(),
      domain: domain("give the address at cluster.apiEndpoint.address, and here a name or nothing").optional(),
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
  kubespray: z.strictObject({ source: text }).optional(),
  backups: z.strictObject({ etcd: etcdBackups }).optional(),
  registries: z.record(registryHost, z.strictObject({ username: plainText, password: secretReferenceSchema })).optional(),
  airGap: z.strictObject({ registry: registryHost, files: mirrorUrl, charts: registryPath.optional() }).optional(),
  onDelete: z.enum(["forget", "reset"]).optional(),
  variables: z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "must be the name of an Ansible variable"), z.unknown()).optional(),
});

const storageClassName = z.string().regex(objectName, "must be the name of a storage class: lower-case letters, digits, '-' and '.'");

/** Numbers of authorities: more than the one before and the one after are never trusted at once. */
const authorities = z
  .array(positive.max(999))
  .min(1)
  .max(2)
  .refine((numbers) => new Set(numbers).size === numbers.length, "must name each once");

const ofDaemon = resources.optional();
const daemons = z.strictObject({ mon: ofDaemon, mgr: ofDaemon, osd: ofDaemon, mds: ofDaemon, rgw: ofDaemon });

const platformOf = (registry: Registry) =>
  z.strictObject({
    domain: domain("give the address at platform.ingress.address, and here a name or nothing").optional(),
    tls: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("selfSigned"), authorities: authorities.optional() }),
        z.strictObject({
          kind: z.literal("provided"),
          certificate: secretReferenceSchema,
          key: secretReferenceSchema,
          authority: secretReferenceSchema.optional(),
        }),
        z.strictObject({ kind: z.literal("acme"), email: z.email("must be an e-mail address") }),
      ])
      .optional(),
    storage: z
      .discriminatedUnion("kind", [
        z.strictObject({
          kind: z.literal("nfs"),
          sizeGiB: positive.optional(),
          size: text.optional().describe(nameOrId),
          server: hostOrAddress.optional(),
          path: folder.optional(),
          ...podOptionsOfField,
        }),
        z.strictObject({
          kind: z.literal("rookCeph"),
          pool: hostLabel("a pool's name", 30),
          volumes: unique(label("a volume's name", 20)).min(1).optional(),
          replicas: positive.max(9).optional(),
          failureDomain: z.enum(["host", "zone"]).optional(),
          reclaim: z.enum(["delete", "retain"]).optional(),
          objects: z.boolean().optional(),
          daemons: daemons.optional(),
          ...podOptionsOfField,
        }),
        z.strictObject({
          kind: z.literal("existing"),
          className: storageClassName,
          ...podOptionsOfField,
        }),
        z.strictObject({
          kind: z.literal("cloud"),
          classes: z
            .record(storageClassName, z.strictObject({ type: text.optional(), reclaim: z.enum(["delete", "retain"]).optional() }))
            .optional(),
          ...podOptionsOfField,
        }),
      ])
      .optional(),
    loadBalancer: z
      .discriminatedUnion("kind", [
        z.strictObject({ kind: z.literal("metallb"), range: range.optional(), ...podOptionsOfField }),
        z.strictObject({ kind: z.literal("cloud"), services: z.boolean().optional(), ...podOptionsOfField }),
      ])
      .optional(),
    ingress: z
      .strictObject({
        kind: z.enum(INGRESS_KINDS).optional(),
        beside: z.enum(INGRESS_KINDS).optional(),
        address: address.optional(),
        values: z
          .strictObject({ nginx: chartValues.optional(), traefik: chartValues.optional() } satisfies Record<IngressKind, z.ZodType>)
          .optional(),
        ...serviceOptionsOfField,
      })
      .optional(),
    services: servicesOf(registry).optional(),
    extra: extra.optional(),
    tenants: z.record(label("a tenant's name", 40), tenant).optional(),
  });

const schemaOf = (registry: Registry) =>
  z.strictObject({
    name: label("the name", 30),
    extends: z.string().optional(),
    release: z
      .string()
      .regex(
        /^\d+\.\d+\.\d+(\.\d+)?(\+maintained|\+step-\d+)?$/,
        'must be a K-PaaS release in quotes, such as "1.7.0" or "1.7.0+maintained"',
      )
      .optional(),
    profile: z.enum(["minimal", "standard", "highAvailability"]).optional(),
    labels: labels.optional(),
    layers: z.enum(["one", "three"]).optional(),
    protect: z.enum(["data", "none"]).optional(),
    retain: z.array(z.enum(["volumes", "backups", "addresses"])).optional(),
    infrastructure: infrastructureOf(registry),
    cluster: cluster.optional(),
    platform: platformOf(registry).optional(),
    edge: z.record(z.string(), z.unknown()).optional(),
  });

export type EnvironmentFile = z.infer<ReturnType<typeof schemaOf>>;

const schemas = new WeakMap<Registry, ReturnType<typeof schemaOf>>();

/** The environment file after `extends` is merged. */
export function environmentFileSchema(registry: Registry): ReturnType<typeof schemaOf> {
  const schema = schemas.get(registry) ?? schemaOf(registry);
  schemas.set(registry, schema);
  return schema;
}
