import type { core } from "@pulumi/kubernetes/types/input";
import type { Input } from "@pulumi/pulumi";
import type { ServicePlan } from "../../../model/plan/types";
import {
  containerSecurityContext,
  httpProbe,
  imageOf,
  placed,
  podSecurityContext,
  resourceRequirements,
  selectorLabels,
  spreadOverNodes,
} from "../objects";
import { AUDIENCE, FILES, FOLDERS, NAMES, PAGE_CLIENT, PORTS, WORKLOAD } from "./names";

/** The user of its image. */
const USER = 10001;

/** How long a pod's own steps are waited for before it ends: the longest ones build a cluster. */
const PATIENCE_SECONDS = 7200;

/** How long the token lasts by which it logs in to OpenBao; the kubelet writes the next one before that. */
const TOKEN_SECONDS = 3600;

/** What a pod is told besides its plan. */
export interface PodSurroundings {
  readonly serviceAccountName: string;
  readonly issuer: string;
  readonly vault: { readonly url: string; readonly role: string; readonly audience: string };
  readonly repository: string;
  /** The files of its repository's log-in that are there. */
  readonly git: readonly ("gitLogin" | "gitKey" | "gitHosts" | "gitTrust")[];
  /** Whether somebody calls it by K-PaaS's own account. */
  readonly isCalled: boolean;
  /** Host names of the platform that it meets, at the ingress' own address. */
  readonly hosts: { readonly ip: Input<string>; readonly hostnames: string[] };
}

/** What it is told on its command line: nothing secret. */
export function argumentsOf({ issuer, vault, repository, git, isCalled }: PodSurroundings): string[] {
  const flags = { gitLogin: "git-login", gitKey: "git-key", gitHosts: "git-hosts", gitTrust: "git-ca" } as const;
  const folder = (file: keyof typeof flags) => (file === "gitTrust" ? FOLDERS.trust : FOLDERS.files);
  return [
    "--replicated",
    `--listen=0.0.0.0:${PORTS.https}`,
    `--metrics=0.0.0.0:${PORTS.metrics}`,
    `--data=${FOLDERS.data}/server`,
    `--tls-cert=${FOLDERS.tls}/tls.crt`,
    `--tls-key=${FOLDERS.tls}/tls.key`,
    `--issuer=${issuer}`,
    `--audience=${AUDIENCE}`,
    `--page-client=${PAGE_CLIENT}`,
    `--vault=${vault.url}`,
    `--vault-role=${vault.role}`,
    `--vault-token=${FOLDERS.tokens}/openbao`,
    `--repository=${repository}`,
    ...git.map((file) => `--${flags[file]}=${folder(file)}/${FILES[file]}`),
    ...(isCalled ? [`--basic-auth=${FOLDERS.files}/${FILES.password}`] : []),
  ];
}

/** The pods. All that they write is in their own folder, and nothing that the next one needs. */
export function serverPod(plan: ServicePlan, surroundings: PodSurroundings): core.v1.PodSpec {
  const { serviceAccountName, vault, hosts } = surroundings;
  const fromSecret = (name: string) => ({ name, valueFrom: { secretKeyRef: { name: NAMES.secret, key: name } } });
  const probe = (path: string, timing: { periodSeconds: number; failureThreshold: number }) =>
    httpProbe(path, "https", { scheme: "HTTPS", ...timing });
  return {
    serviceAccountName,
    // It asks nothing of the cluster that it runs in.
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    ...placed(plan),
    securityContext: podSecurityContext(USER),
    terminationGracePeriodSeconds: PATIENCE_SECONDS,
    ...(plan.replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(selectorLabels(WORKLOAD)) } : {}),
    hostAliases: [hosts],
    containers: [
      {
        name: "server",
        image: imageOf(plan, "server"),
        args: argumentsOf(surroundings),
        env: [
          ...["KPAAS_DATABASE_URL", "KPAAS_STATE_BACKEND", "PULUMI_CONFIG_PASSPHRASE"].map(fromSecret),
          { name: "NODE_EXTRA_CA_CERTS", value: `${FOLDERS.trust}/${FILES.trust}` },
        ],
        ports: Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort })),
        resources: resourceRequirements(plan.resources),
        securityContext: containerSecurityContext(),
        startupProbe: probe("/healthz", { periodSeconds: 5, failureThreshold: 60 }),
        readinessProbe: probe("/readyz", { periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: probe("/healthz", { periodSeconds: 15, failureThreshold: 8 }),
        volumeMounts: [
          { name: "data", mountPath: FOLDERS.data },
          { name: "tmp", mountPath: "/tmp" },
          { name: "tls", mountPath: FOLDERS.tls, readOnly: true },
          { name: "files", mountPath: FOLDERS.files, readOnly: true },
          { name: "trust", mountPath: FOLDERS.trust, readOnly: true },
          { name: "tokens", mountPath: FOLDERS.tokens, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "data", emptyDir: { sizeLimit: "8Gi" } },
      { name: "tmp", emptyDir: { sizeLimit: "2Gi" } },
      { name: "tls", secret: { secretName: NAMES.tls, defaultMode: 0o440 } },
      { name: "files", secret: { secretName: NAMES.files, defaultMode: 0o440 } },
      { name: "trust", configMap: { name: NAMES.trust } },
      {
        name: "tokens",
        projected: {
          sources: [{ serviceAccountToken: { path: "openbao", expirationSeconds: TOKEN_SECONDS, audience: vault.audience } }],
        },
      },
    ],
  };
}
