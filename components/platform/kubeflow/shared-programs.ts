import type { Shared } from "./args";
import { LOGIN_FILE, USER_HEADER } from "./login";
import { FOLDERS, inside, KEYS, NAMES, PORTS } from "./names";
import { partsOf } from "./parts/parts";
import {
  CA,
  IN_FRONT,
  own,
  PERSISTENCE,
  type Program,
  SCHEDULES,
  SHOWN,
  settings,
  TRUSTED,
  text,
  UI,
  WORKFLOWS,
  WORKLOADS,
  type Workload,
} from "./programs";
import { TOLD_WHO } from "./who";

/** The log-in by itself, which is asked about every request. */
const GATE: Workload = {
  name: NAMES.gate,
  service: { http: PORTS.login },
  meshed: true,
  programs: [
    {
      name: "login",
      image: "login",
      args: () => [`--config=${FOLDERS.settings}/${LOGIN_FILE}`],
      ports: { http: PORTS.login },
      mounts: { ...settings("secret", NAMES.login), ...TRUSTED },
      health: { page: "/ping", port: PORTS.login },
    },
  ],
};

/**
 * Pipelines' UI behind it. It has no key of the store: what it shows of that it is given by a pod in the profile, whose key is for that alone, and
 * it fetches from nowhere else. It says to the API server who asks.
 */
const uiBehind = ({ profiles }: Shared): Workload => ({
  ...UI,
  service: { http: PORTS.ui },
  meshed: true,
  programs: UI.programs.flatMap((program) =>
    program === IN_FRONT
      ? []
      : [
          {
            ...program,
            env: ({ namespace }) => [
              ...TOLD_WHO.map((each) => ({ ...each, name: `KUBEFLOW_${each.name}` })),
              ...text({
                ML_PIPELINE_SERVICE_SCHEME: "https",
                ML_PIPELINE_SERVICE_HOST: inside(NAMES.door, namespace),
                ML_PIPELINE_SERVICE_PORT: String(PORTS.doorOfUi),
                METADATA_ENVOY_SERVICE_SERVICE_SCHEME: "https",
                METADATA_ENVOY_SERVICE_SERVICE_HOST: inside(NAMES.metadataWeb, namespace),
                METADATA_ENVOY_SERVICE_SERVICE_PORT: String(PORTS.metadataWeb),
                NODE_EXTRA_CA_CERTS: CA,
                FRONTEND_SERVER_NAMESPACE: namespace,
                DEPLOYMENT: "KUBEFLOW",
                ENABLE_AUTHZ: "true",
                ARTIFACTS_SERVICE_PROXY_ENABLED: "true",
                ALLOWED_ARTIFACT_DOMAIN_REGEX: `^${NAMES.artifacts}\\.(${Object.keys(profiles).join("|")})$`,
                ARGO_ARCHIVE_LOGS: "false",
                ALLOW_CUSTOM_VISUALIZATIONS: "false",
                DISABLE_GKE_METADATA: "true",
              }),
              // What it seals ways to TensorBoards with: it would take a known word for it.
              { name: "TENSORBOARD_PROXY_SIGNING_SECRET", valueFrom: { secretKeyRef: { name: NAMES.storeKeys, key: KEYS.secret } } },
            ],
          } satisfies Program,
        ],
  ),
});

/** Before the API server, for whoever is not of its own. */
const DOOR: Workload = {
  name: NAMES.door,
  service: { https: PORTS.door, "https-ui": PORTS.doorOfUi },
  programs: [
    {
      name: "envoy",
      image: "metadataEnvoy",
      command: ["/usr/local/bin/envoy"],
      args: () => ["-c", `${FOLDERS.settings}/envoy.json`],
      ports: { https: PORTS.door, "https-ui": PORTS.doorOfUi },
      mounts: { ...settings("configMap", NAMES.doorSettings), ...SHOWN, ...TRUSTED },
      health: { port: PORTS.door },
    },
  ],
};

/** The same, minding all namespaces: each of them knows one or all. */
const EVERYWHERE: ReadonlyMap<Workload, Workload> = new Map([
  [WORKFLOWS, { ...WORKFLOWS, programs: told(WORKFLOWS, (given) => given.filter((each) => each !== "--namespaced")) }],
  [PERSISTENCE, { ...PERSISTENCE, programs: told(PERSISTENCE, anywhere) }],
  [SCHEDULES, { ...SCHEDULES, ownToken: "scheduledworkflow-sa-token", programs: told(SCHEDULES, anywhere) }],
]);

function told({ programs }: Workload, change: (given: readonly string[]) => readonly string[]): Program[] {
  return programs.map((program) => ({ ...program, args: (plan) => change(program.args(plan)) }));
}

function anywhere(given: readonly string[]): string[] {
  return given.map((each) => (each.startsWith("--namespace=") ? "--namespace=" : each));
}

/** Who is of which profile, as the dashboard asks for it: it changes nothing, since the file says it. */
const MEMBERS: Workload = {
  name: NAMES.members,
  service: { http: PORTS.members },
  token: true,
  meshed: true,
  programs: [
    {
      name: "kfam",
      image: "members",
      command: ["/access-management"],
      args: () => ["-cluster-admin=", `-userid-header=${USER_HEADER}`, "-userid-prefix="],
      ports: { http: PORTS.members },
      mounts: {},
      health: { page: "/metrics", port: PORTS.members },
    },
  ],
};

const DASHBOARD: Workload = {
  name: NAMES.dashboard,
  service: { http: PORTS.dashboard },
  token: true,
  meshed: true,
  programs: [
    {
      name: "dashboard",
      image: "dashboard",
      // Its own start is npm, which writes to its home.
      command: ["/sbin/tini", "--", "node", "dist/server.js"],
      args: () => [],
      env: ({ namespace }) => [
        ...TOLD_WHO,
        ...text({
          PROFILES_KFAM_SERVICE_HOST: inside(NAMES.members, namespace),
          PROFILES_KFAM_SERVICE_PORT: String(PORTS.members),
          REGISTRATION_FLOW: "false",
          DASHBOARD_CONFIGMAP: NAMES.links,
          LOGOUT_URL: "/oauth2/sign_out",
          COLLECT_METRICS: "false",
        }),
        own("POD_NAMESPACE", "metadata.namespace"),
      ],
      ports: { http: PORTS.dashboard },
      mounts: {},
      health: { page: "/healthz", port: PORTS.dashboard },
    },
  ],
};

/** Kubeflow's Deployments, in the order in which they are made. */
export function workloadsOf(shared: Shared | undefined): readonly (readonly Workload[])[] {
  if (shared === undefined) return WORKLOADS;
  const [keepers = [], callers = [], rest = []] = WORKLOADS.map((stage) =>
    stage.map((each) => (each === UI ? uiBehind(shared) : (EVERYWHERE.get(each) ?? each))),
  );
  const parts = partsOf(shared).flatMap(({ workloads }) => workloads(shared));
  return [keepers, callers, [DOOR, ...rest], [GATE, MEMBERS], [DASHBOARD, ...parts]];
}
