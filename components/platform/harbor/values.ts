import type { Output } from "@pulumi/pulumi";
import type { PlannedArgs } from "../args";
import { imageOf, ingressFor, repositoryAndTag, verifiedTls } from "../objects";
import type { Values } from "../values";
import type { HarborArgs } from "./args";
import { INGRESS_NAME, NAMES, type REPLICATED, TLS_PARTS, volumes } from "./parts";

/** What makes the pods of a part anew when it changes: a hash of what it reads at start. */
export type Restarts = Readonly<Record<(typeof TLS_PARTS)[number], Output<string>>>;

/** The name that Harbor's own programs log in to its registry by. */
export const REGISTRY_USER = "harbor_registry_user";

/** Values of the harbor chart. None of them is secret: what is, the chart takes by the names of our own Secrets. */
export function harborValues(args: PlannedArgs<HarborArgs>, restarts: Restarts): Values {
  const { plan, storage, trust } = args;
  const shared = storage.shared === true;
  const several = (replicas: number): Values => ({ replicas, topologySpreadConstraints: SPREAD });
  const part = (role: string): Values => ({ image: repositoryAndTag(imageOf(plan, role)), resources: plan.resources ?? {} });
  const restarted = (name: keyof Restarts): Values => ({ podAnnotations: { "kpaas/secrets": restarts[name] } });
  const app = (name: (typeof REPLICATED)[number]): Values => ({ ...part(name), ...several(plan.replicas), ...restarted(name) });
  return {
    externalURL: `https://${plan.host}`,
    // Pods have IPv4 addresses only, and the portal does not start where a node has no IPv6 at all.
    ipFamily: { ipv6: { enabled: false } },
    expose: { type: "ingress", tls: certificateOf(args), ingress: ingressOf(args) },
    internalTLS: {
      enabled: true,
      certSource: "secret",
      ...Object.fromEntries(TLS_PARTS.map((name) => [name, { secretName: NAMES.tls(name) }])),
    },
    ...(trust === undefined ? {} : { caSecretName: NAMES.trust, caBundleSecretName: NAMES.trust }),
    persistence: {
      enabled: true,
      persistentVolumeClaim: Object.fromEntries(volumes(0).map(({ name }) => [name, { existingClaim: NAMES.claim(name) }])),
    },
    // A volume that one pod holds cannot be mounted by its successor at the same time.
    updateStrategy: { type: shared ? "RollingUpdate" : "Recreate" },
    existingSecretAdminPassword: NAMES.admin,
    existingSecretSecretKey: NAMES.keys,
    // Named nowhere then, and never what the chart would put there.
    harborAdminPassword: "",
    secretKey: "",
    core: { ...app("core"), existingSecret: NAMES.keys, existingXsrfSecret: NAMES.keys, secretName: NAMES.keys },
    portal: app("portal"),
    jobservice: { ...app("jobservice"), existingSecret: NAMES.keys, jobLoggers: ["database"] },
    registry: {
      registry: part("registry"),
      controller: part("registryctl"),
      ...several(shared ? plan.replicas : 1),
      ...restarted("registry"),
      existingSecret: NAMES.keys,
      credentials: { username: REGISTRY_USER, password: "", existingSecret: NAMES.registry },
    },
    trivy: { ...part("trivy"), ...restarted("trivy") },
    database: {
      internal: {
        ...part("database"),
        // The chart would write it into a Secret of its own, out of its values: what stands here goes before that.
        password: "",
        extraEnvVars: [{ name: "POSTGRES_PASSWORD", valueFrom: { secretKeyRef: { name: NAMES.database, key: "password" } } }],
        initContainer: { permissions: { resources: plan.resources ?? {} } },
      },
      // Whose database it is makes no difference to where the password is read.
      external: { password: "", existingSecret: NAMES.database },
    },
    redis: { internal: part("redis") },
    // Parts say what they count; its exporter would log in as the administrator, and to the database with every right.
    ...(args.scrapedFrom === undefined ? {} : { metrics: { enabled: true }, exporter: { ...part("exporter"), replicas: 0 } }),
  };
}

/** How replicas are spread over the nodes, as far as there are enough. The chart adds the selector. */
const SPREAD = [{ maxSkew: 1, topologyKey: "kubernetes.io/hostname", whenUnsatisfiable: "ScheduleAnyway" }];

/** Where the host's certificate is: with the ingress controller, or in a Secret of the host's own. */
function certificateOf({ plan, ingress }: PlannedArgs<HarborArgs>): Values {
  const [tls] = ingressFor(plan.host ?? "", ingress, []).spec.tls as { secretName?: string }[];
  const secretName = tls?.secretName;
  return { enabled: true, ...(secretName === undefined ? { certSource: "none" } : { certSource: "secret", secret: { secretName } }) };
}

/** The chart's own Ingress. The controller speaks TLS to the pods, and verifies them by their own authority. */
function ingressOf({ plan, ingress }: PlannedArgs<HarborArgs>): Values {
  const { annotations } = ingressFor(plan.host ?? "", ingress, []);
  const verified = verifiedTls(`${plan.namespace}/${NAMES.authority}`, INGRESS_NAME);
  return { hosts: { core: plan.host }, className: ingress.className, annotations: { ...annotations, ...verified } };
}
