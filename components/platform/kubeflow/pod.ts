import type { core } from "@pulumi/kubernetes/types/input";
import type { Input } from "@pulumi/pulumi";
import type { ServicePlan } from "../../../model/plan/types";
import { containerSecurityContext, imageOf, placed, podSecurityContext, resourceRequirements } from "../objects";
import { FOLDERS, NAMES } from "./names";
import type { Health, Mounts, Program, Workload } from "./programs";

/** Any: each image's files are everybody's to read. */
const USER = 1000;

/** For whom a token of Kubeflow's own API server is. */
const OWN_AUDIENCE = "pipelines.kubeflow.org";

/** The pod of one workload. `hosts` are names of the platform that it calls. */
export function workloadPod(
  plan: ServicePlan,
  workload: Workload,
  hosts: readonly { readonly ip: Input<string>; readonly hostnames: string[] }[],
): core.v1.PodSpec {
  const { name, programs, keepsData } = workload;
  const mounts: Mounts = Object.assign({}, ...programs.map((program) => named(program)));
  return {
    serviceAccountName: name,
    automountServiceAccountToken: false,
    // Variables of every Service beside it are not its settings; some of its programs would take them for theirs.
    enableServiceLinks: false,
    ...placed(plan),
    securityContext: podSecurityContext(USER),
    ...(hosts.length > 0 ? { hostAliases: [...hosts] } : {}),
    containers: programs.map((program) => container(plan, workload, program)),
    volumes: [
      { name: "tmp", emptyDir: {} },
      ...Object.entries(mounts).map(([volume, [kind, object]]) =>
        kind === "secret" ? { name: volume, secret: { secretName: object } } : { name: volume, configMap: { name: object } },
      ),
      ...tokens(workload),
      ...(keepsData ? [{ name: "data", persistentVolumeClaim: { claimName: NAMES.store } }] : []),
    ],
  };
}

function container(plan: ServicePlan, { token, ownToken, keepsData }: Workload, program: Program): core.v1.Container {
  const { name, image, command, args, env, ports, mounts, health } = program;
  const given = args(plan);
  // A token is for whoever has no log-in of its own to keep apart from it.
  const speaks: Readonly<Record<string, string>> =
    program.image === "login" ? {} : { ...(token ? { account: FOLDERS.account } : {}), ...(ownToken ? { own: FOLDERS.token } : {}) };
  return {
    name,
    image: imageOf(plan, image),
    ...(command ? { command: [...command] } : {}),
    ...(given.length > 0 ? { args: [...given] } : {}),
    ...(env ? { env: [...env(plan)] } : {}),
    ...(Object.keys(ports).length > 0
      ? { ports: Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort })) }
      : {}),
    resources: resourceRequirements(plan.parts?.[image] ?? plan.resources),
    securityContext: containerSecurityContext(),
    startupProbe: { ...probe(health), periodSeconds: 5, failureThreshold: 120 },
    readinessProbe: { ...probe(health), periodSeconds: 10, failureThreshold: 3 },
    livenessProbe: { ...probe(health), periodSeconds: 20, failureThreshold: 3 },
    volumeMounts: [
      { name: "tmp", mountPath: "/tmp" },
      ...Object.keys(mounts).map((mountPath) => ({ name: volumeOf(program, mountPath), mountPath, readOnly: true })),
      ...Object.entries(speaks).map(([volume, mountPath]) => ({ name: volume, mountPath, readOnly: true })),
      ...(keepsData ? [{ name: "data", mountPath: FOLDERS.data }] : []),
    ],
  };
}

/** Volumes by name: two programs of a pod have settings of their own, and share the rest. */
function named(program: Program): Mounts {
  return Object.fromEntries(Object.entries(program.mounts).map(([folder, object]) => [volumeOf(program, folder), object]));
}

function volumeOf({ name, mounts }: Program, folder: string): string {
  if (folder === FOLDERS.notebooksWeb) return "choices";
  if (folder === FOLDERS.settings) return `${name}-settings`;
  if (folder === FOLDERS.tls) return "tls";
  return folder === FOLDERS.trust ? "trust" : (mounts[folder]?.[1] ?? "");
}

/** What a pod is by to the Kubernetes API, where it speaks to it, and to Kubeflow's own. */
function tokens({ token, ownToken }: Workload): core.v1.Volume[] {
  return [
    ...(token
      ? [
          {
            name: "account",
            projected: {
              sources: [
                { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
                { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
                { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
              ],
            },
          },
        ]
      : []),
    ...(ownToken
      ? [
          {
            name: "own",
            projected: { sources: [{ serviceAccountToken: { path: ownToken, expirationSeconds: 3600, audience: OWN_AUDIENCE } }] },
          },
        ]
      : []),
  ];
}

function probe(health: Health): core.v1.Probe {
  const timeoutSeconds = 5;
  if ("command" in health) return { exec: { command: health.command }, timeoutSeconds };
  if (!("page" in health)) return { tcpSocket: { port: health.port }, timeoutSeconds };
  const { page, port, tls } = health;
  return { httpGet: { path: page, port, ...(tls ? { scheme: "HTTPS" } : {}) }, timeoutSeconds };
}
