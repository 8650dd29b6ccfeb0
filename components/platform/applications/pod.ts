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
import type { Application, ApplicationVolume, Family, Trusted } from "./application";

/** The images run as root by default; their programs need no more than a plain user. */
const APP_USER = 1000;

/** The password every JDK's store of public authorities has; it guards nothing. */
const STORE_PASSWORD = "changeit";

/** The certificates that applications trust, by the keys of their ConfigMap. */
export const TRUST_FILES: Readonly<Record<Trusted, string>> = {
  platform: "ca.crt",
  vault: "openbao.crt",
  database: "mariadb.crt",
  messages: "nats.crt",
  clusters: "clusters.crt",
};

/**
 * Makes a Java trust store of the image's own authorities and others, so that no image is built anew for it. Where one takes another's place a file
 * holds both, of which keytool would read the first alone.
 * @param folders where the files are, where the store goes, and where each certificate lies meanwhile
 */
export function makeTrustStore(trusted: readonly Trusted[], folders = { files: "/platform", store: "/trust", scratch: "/tmp" }): string {
  const { files, store, scratch } = folders;
  return [
    'store="$JAVA_HOME/lib/security/cacerts"',
    '[ -f "$store" ] || store="$JAVA_HOME/jre/lib/security/cacerts"',
    `cp "$store" ${store}/cacerts`,
    `chmod u+w ${store}/cacerts`,
    ...trusted.flatMap((each) => [
      "n=0",
      'while read -r line || [ -n "$line" ]; do',
      `  case "$line" in *BEGIN*) n=$((n + 1)) ;; esac`,
      `  [ "$n" = 0 ] || echo "$line" >> "${scratch}/${each}-$n.pem"`,
      `done < ${files}/${TRUST_FILES[each]}`,
      `for file in ${scratch}/${each}-*.pem; do`,
      `  keytool -importcert -noprompt -alias "$(basename "$file" .pem)" -file "$file" -keystore ${store}/cacerts -storepass ${STORE_PASSWORD}`,
      "done",
    ]),
  ].join("\n");
}

/** What a pod is told besides its settings. */
export interface PodSurroundings {
  readonly serviceAccountName: string;
  readonly replicas: number;
  /** Whose certificates the application must trust. */
  readonly trusted: readonly Trusted[];
  /** Addresses of the platform's host names. */
  readonly hosts: { readonly ip: Input<string>; readonly hostnames: string[] };
}

/** The pod of one application. */
export function applicationPod(
  plan: ServicePlan,
  family: Family,
  app: Application,
  { serviceAccountName, replicas, trusted, hosts }: PodSurroundings,
): core.v1.PodSpec {
  const image = imageOf(plan, app.name);
  const resources = resourceRequirements(plan.parts?.[app.name] ?? plan.resources);
  const securityContext = containerSecurityContext();
  const isGo = app.language === "go";
  const withStore = trusted.length > 0 && !isGo;
  const withFolder = trusted.length > 0 && isGo;
  const called = (key: string): string => app.as?.[key] ?? key;
  const env: core.v1.EnvVar[] = [
    ...app.config.map((key) => ({ name: called(key), valueFrom: { configMapKeyRef: { name: family.config, key } } })),
    ...app.secrets.map((key) => ({ name: called(key), valueFrom: { secretKeyRef: { name: family.secret, key } } })),
    ...Object.entries(app.fixed ?? {}).map(([name, value]) => ({ name, value })),
    // A folder beside the file of the public authorities: what is in it is trusted too.
    ...(withFolder ? [{ name: "SSL_CERT_DIR", value: "/platform" }] : []),
    ...(withStore
      ? [
          {
            name: "JAVA_TOOL_OPTIONS",
            value: `-Djavax.net.ssl.trustStore=/trust/cacerts -Djavax.net.ssl.trustStorePassword=${STORE_PASSWORD}`,
          },
        ]
      : []),
  ];
  const folders = [{ name: "tmp", path: "/tmp" }, ...written(app)];
  const files = Object.entries(app.files ?? {});
  const secretFiles = Object.entries(app.secretFiles ?? {});
  const initContainers = [
    ...(withStore ? [trustContainer(trusted, { image, resources, securityContext })] : []),
    ...(app.prepare === undefined
      ? []
      : [
          {
            name: "prepare",
            image,
            command: ["sh", "-ec", app.prepare],
            env,
            resources,
            securityContext,
            volumeMounts: folders.map(({ name, path }) => ({ name, mountPath: path })),
          },
        ]),
  ];
  return {
    serviceAccountName,
    automountServiceAccountToken: false,
    ...placed(plan),
    ...(app.privileged ? {} : { securityContext: podSecurityContext(app.user ?? APP_USER) }),
    ...(replicas > 1 ? { topologySpreadConstraints: spreadOverNodes(selectorLabels(app.name)) } : {}),
    hostAliases: [hosts],
    ...(initContainers.length > 0 ? { initContainers } : {}),
    containers: [
      {
        name: app.name,
        image,
        ...(app.args ? { args: [...app.args] } : {}),
        env,
        ports: [{ name: "http", containerPort: app.port }],
        resources,
        securityContext: app.privileged ? { privileged: true } : securityContext,
        startupProbe: probe(app, "liveness", { periodSeconds: 5, failureThreshold: 60 }),
        readinessProbe: probe(app, "readiness", { periodSeconds: 10, failureThreshold: 3 }),
        livenessProbe: probe(app, "liveness", { periodSeconds: 15, failureThreshold: 4 }),
        volumeMounts: [
          ...folders.map(({ name, path }) => ({ name, mountPath: path })),
          ...(withStore ? [{ name: "trust", mountPath: "/trust", readOnly: true }] : []),
          ...(withFolder ? [{ name: "platform", mountPath: "/platform", readOnly: true }] : []),
          ...(app.volume ? kept(app.volume) : []),
          ...files.map(([mountPath, subPath]) => ({ name: "files", mountPath, subPath, readOnly: true })),
          ...(app.acts ? [{ name: "api-access", mountPath: "/var/run/secrets/kubernetes.io/serviceaccount", readOnly: true }] : []),
          ...secretFiles.map(([mountPath, subPath]) => ({ name: "secret-files", mountPath, subPath, readOnly: true })),
        ],
      },
    ],
    volumes: [
      ...folders.map(({ name }) => ({ name, emptyDir: {} })),
      ...(withStore
        ? [
            { name: "trust", emptyDir: {} },
            { name: "platform", configMap: { name: family.trust } },
          ]
        : []),
      ...(withFolder
        ? [
            {
              name: "platform",
              configMap: { name: family.trust, items: trusted.map((whose) => ({ key: TRUST_FILES[whose], path: TRUST_FILES[whose] })) },
            },
          ]
        : []),
      ...(app.volume ? [{ name: "data", persistentVolumeClaim: { claimName: app.name } }] : []),
      ...(files.length > 0
        ? [
            {
              name: "files",
              configMap: { name: family.config, items: itemsOf(files) },
            },
          ]
        : []),
      ...(app.acts ? [apiAccess()] : []),
      ...(secretFiles.length > 0
        ? [{ name: "secret-files", secret: { secretName: family.secret, items: itemsOf(secretFiles), defaultMode: 0o440 } }]
        : []),
    ],
  };
}

/** The container that makes the trust store of a program in Java. */
function trustContainer(
  trusted: readonly Trusted[],
  common: Pick<core.v1.Container, "image" | "resources" | "securityContext">,
): core.v1.Container {
  return {
    ...common,
    name: "trust",
    command: ["sh", "-ec", makeTrustStore(trusted)],
    volumeMounts: [
      { name: "trust", mountPath: "/trust" },
      { name: "platform", mountPath: "/platform", readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

/** What clients in a pod look for to come to the Kubernetes API: for the program alone, and not for what runs before it. */
function apiAccess(): core.v1.Volume {
  return {
    name: "api-access",
    projected: {
      sources: [
        { serviceAccountToken: { path: "token", expirationSeconds: 3600 } },
        { configMap: { name: "kube-root-ca.crt", items: [{ key: "ca.crt", path: "ca.crt" }] } },
        { downwardAPI: { items: [{ path: "namespace", fieldRef: { fieldPath: "metadata.namespace" } }] } },
      ],
    },
  };
}

/** The keys of files, each once. */
function itemsOf(files: readonly (readonly [path: string, key: string])[]): { key: string; path: string }[] {
  return [...new Set(files.map(([, key]) => key))].map((key) => ({ key, path: key }));
}

/** The folders an application writes to and forgets, named after their last part. */
function written({ writes = ["/home/1000/logs"] }: Application): { name: string; path: string }[] {
  return writes.map((path) => ({ name: lastPart(path), path }));
}

/** The folders in its volume: the whole of it, or one for each of several. */
function kept({ path }: ApplicationVolume): core.v1.VolumeMount[] {
  if (typeof path === "string") return [{ name: "data", mountPath: path }];
  return path.map((mountPath) => ({ name: "data", mountPath, subPath: lastPart(mountPath) }));
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function probe(
  { health = { path: "/actuator/health" } }: Application,
  kind: "liveness" | "readiness",
  timing: { periodSeconds: number; failureThreshold: number },
): core.v1.Probe {
  if (health === "port") return { tcpSocket: { port: "http" }, timeoutSeconds: 3, ...timing };
  return httpProbe("page" in health ? health.page : `${health.path}/${kind}`, "http", timing);
}
