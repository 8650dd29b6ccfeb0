import { execFileSync } from "node:child_process";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { secret } from "@pulumi/pulumi";
import { locateEngine } from "../../engine/locate";
import { runOperation } from "../../engine/run-operation";
import type { EngineTarget } from "../../engine/types";
import { realSetting } from "../../engine/workspace";
import type { Layer } from "../../model/layers";
import { emptyPlan } from "../engine/plan";

/** What of the process' environment says which backend is used, and what its secrets are encrypted with. */
const OURS = /^(PULUMI_|VAULT_|AWS_)/;

/**
 * Has the tests of the enclosing `describe` use a backend of their own: what is set of the process' environment is put back after each.
 * @returns sets variables
 */
export function ownVariables(): (variables: Readonly<Record<string, string>>) => void {
  let before: NodeJS.ProcessEnv = {};
  const clear = () => {
    for (const name of Object.keys(process.env)) if (OURS.test(name)) delete process.env[name];
  };
  beforeEach(() => {
    before = { ...process.env };
    clear();
  });
  afterEach(() => {
    clear();
    Object.assign(process.env, before);
  });
  return (variables) => void Object.assign(process.env, variables);
}

/** An environment `seoul` of a project in a folder, with a real engine and a `file://` backend in it. */
export function seoulIn(
  root: string,
  set: (variables: Readonly<Record<string, string>>) => void,
  backend = `file://${join(root, "backend")}`,
) {
  for (const name of ["backend", "environments", "home"]) mkdirSync(join(root, name), { recursive: true });
  set({
    PULUMI_BACKEND_URL: backend,
    PULUMI_CONFIG_PASSPHRASE: "former",
    PULUMI_HOME: join(root, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  });
  const target: EngineTarget = { plan: emptyPlan("seoul"), root, sandbox: false, approvals: [] };
  const of = (layer?: Layer) => (layer === undefined ? target : { ...target, layer });
  return {
    target,
    /** Makes a stack, with a secret in it. */
    up: async (layer?: Layer, outputs: Record<string, unknown> = {}) =>
      await runOperation("up", of(layer), async () => ({ password: secret(`hunter2 of ${layer ?? "all"}`), ...outputs }), {}),
    /** Runs the engine's own command line on a stack. */
    pulumi: async (layer: Layer | undefined, ...args: readonly string[]): Promise<string> => {
      const { command } = await locateEngine({ install: false });
      const { workDir, env, stack } = realSetting(root, target.plan, layer);
      return execFileSync(command, [...args, "--stack", stack, "--non-interactive"], {
        cwd: workDir,
        env,
        encoding: "utf8",
        stdio: "pipe",
      });
    },
  };
}
