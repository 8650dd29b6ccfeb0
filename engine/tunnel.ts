import { z } from "zod";
import { doorsOf } from "../model/plan/tunnel";
import type { EnvironmentPlan } from "../model/plan/types";
import { KUBESPRAY_CLUSTER } from "../model/type-tokens";
import type { Bastion } from "../reach/bastion";
import type { Forwards } from "../reach/forward";
import type { Tunnel } from "../reach/tunnel";
import { messageOf } from "./events";
import { plain, type State, type StateResource } from "./state/state";
import type { EngineTarget, RunOptions } from "./types";

/** What earlier operations recorded of the environment, secrets in clear. */
export interface Recorded {
  readonly outputs: () => Promise<unknown>;
  /** The state of the stack that holds the cluster; undefined where there is none. */
  readonly state: () => Promise<State | undefined>;
}

/**
 * The way into a private cluster for one operation, to be closed at its end; undefined where none is needed. The program tells it where the
 * bastion is; what is done without the program, or before it, goes by what was recorded.
 * @param recorded undefined: nothing is done before the program
 * @throws RefusedError where something else uses its port.
 */
export async function openTunnelFor(
  target: EngineTarget,
  options: RunOptions,
  recorded: Recorded | undefined,
): Promise<Tunnel | undefined> {
  const { plan, root, sandbox } = target;
  if (sandbox || plan.access.api !== "bastion") return undefined;
  const { openTunnel } = await import("../reach/tunnel.js");
  const bastion = recorded && (await recordedBastion(plan, recorded));
  const tell = (text: string): void => options.onProgress?.(messageOf("warning", text));
  const tunnel = await openTunnel({ plan, root, tell });
  if (bastion !== undefined) tunnel.use(bastion);
  return tunnel;
}

/**
 * The ways to where the environment's services are administered, for one operation, to be closed at its end; undefined where there are none.
 * The program tells how the cluster is reached; what is done without it, or before it, goes by what was recorded.
 * @param recorded undefined where nobody calls: a preview only has the way ready
 * @throws RefusedError where a port is taken that nobody else may listen at
 */
export async function openForwardsFor(
  { plan, sandbox }: EngineTarget,
  options: RunOptions,
  recorded: Recorded | undefined,
): Promise<Forwards | undefined> {
  const doors = doorsOf(plan).filter(({ unproven }) => recorded !== undefined || !unproven);
  if (sandbox || doors.length === 0) return undefined;
  const { openForwards } = await import("../reach/forward.js");
  const forwards = await openForwards({ doors, tell: (text) => options.onProgress?.(messageOf("warning", text)) });
  const kubeconfig = recorded && (recordedKubeconfig(await recorded.outputs()) ?? (await clusterKubeconfig(recorded)));
  if (kubeconfig !== undefined) forwards.use(kubeconfig);
  return forwards;
}

const kubeconfigSchema = z.object({ kubeconfig: z.string().optional() });

/** How the cluster is reached, by the outputs; undefined where none was brought up. Secret. */
export function recordedKubeconfig(outputs: unknown): string | undefined {
  return kubeconfigSchema.parse(outputs ?? {}).kubeconfig;
}

/** The same where the first `up` was broken off before it gave any outputs. */
async function clusterKubeconfig({ state }: Recorded): Promise<string | undefined> {
  const cluster = (await state())?.deployment.resources?.find(({ type }) => type === KUBESPRAY_CLUSTER);
  return recordedKubeconfig(plain(cluster?.outputs ?? {}));
}

const clusterInputsSchema = z.object({
  ssh: z.object({
    privateKey: z.string().exactOptional(),
    agent: z.literal(true).exactOptional(),
    bastion: z.object({ address: z.string(), user: z.string(), port: z.number().exactOptional() }),
  }),
});

/** Where the bastion is by the outputs or, where the first `up` was broken off before it gave any, by what the cluster was made with. */
export async function recordedBastion(plan: EnvironmentPlan, recorded: Recorded): Promise<Bastion | undefined> {
  const { bastionNames, bastionOf, loginOf } = await import("../reach/login.js");
  const login = loginOf(await recorded.outputs(), plan.environment);
  if (login !== undefined) return bastionOf(login);
  const resources = (await recorded.state())?.deployment.resources ?? [];
  const cluster = resources.find(({ type }) => type === KUBESPRAY_CLUSTER);
  const inputs = clusterInputsSchema.safeParse(plain(cluster?.inputs ?? {}));
  if (!inputs.success) return undefined;
  const { bastion, ...keys } = inputs.data.ssh;
  const names = bastionNames(undefined, plan);
  const { address: host, ...door } = bastion;
  return { ...door, host, ...keys, names, firstHostKeys: firstHostKeys(resources, names) };
}

/** The host keys that machines were made with, by the state: those of machines whose user data hold one. */
function firstHostKeys(resources: readonly StateResource[], names: readonly string[]): Record<string, string> {
  const outputs = (ending: string): Readonly<Record<string, unknown>> =>
    plain(resources.find(({ urn }) => urn.endsWith(ending))?.outputs ?? {}) as Record<string, unknown>;
  return Object.fromEntries(
    names.flatMap((name) => {
      const key = outputs(`-host-key-${name}`).publicKeyOpenssh;
      const prepared = outputs(`-machine-${name}`).userData;
      return typeof key === "string" && prepared !== undefined && prepared !== "" ? [[name, key.trim()]] : [];
    }),
  );
}
