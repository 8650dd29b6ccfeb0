import type { Shared } from "./args";
import { LOGIN_FILE, USER_HEADER } from "./login";
import { FOLDERS, inside, NAMES, PORTS } from "./names";
import { partsOf } from "./parts/parts";
import { IN_FRONT, own, settings, TRUSTED, text, UI, WORKLOADS, type Workload } from "./programs";
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

/** Pipelines' UI behind it. */
const UI_BEHIND: Workload = {
  ...UI,
  service: { http: PORTS.ui },
  meshed: true,
  programs: UI.programs.filter((program) => program !== IN_FRONT),
};

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
  const pipelines = WORKLOADS.map((stage) => stage.map((each) => (each === UI ? UI_BEHIND : each)));
  const parts = partsOf(shared).flatMap(({ workloads }) => workloads(shared));
  return [...pipelines, [GATE, MEMBERS], [DASHBOARD, ...parts]];
}
