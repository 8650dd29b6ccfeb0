import type { Problem } from "../../model/problems";

/** The Kubernetes API a sandbox has: a real server's, or the small simulation's. */
export type ServerKind = "real" | "simulated";

/** The variable that chooses for environments to be made. */
export const CHOICE = "KPAAS_SANDBOX_SERVER";

/** What is chosen; undefined where nothing is, or what there is not. */
export function choiceIn({ [CHOICE]: value }: NodeJS.ProcessEnv): ServerKind | undefined {
  return value === "real" || value === "simulated" ? value : undefined;
}

/** What is wrong with the choice. */
export function wrongChoice(environment: string, env: NodeJS.ProcessEnv): Problem | undefined {
  const value = env[CHOICE];
  if (value === undefined || value === "" || choiceIn(env) !== undefined) return undefined;
  const reason = "the sandbox's Kubernetes is either real or simulated";
  const remedy = `set ${CHOICE} to one of them, or leave it out`;
  return { environment, path: CHOICE, value, reason, remedy, severity: "error" };
}
