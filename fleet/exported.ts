import { join, relative } from "node:path";
import { configuredSecrets } from "../engine/stack-config";
import { fromFolder } from "../files/from-folder";
import { loadEnvironment } from "../files/load";
import { referencesIn } from "../files/references";
import { registry } from "../files/registry";
import { readIfThere } from "../host/files";
import type { ExportedCluster } from "../model/fleet/export/cluster";
import { LAYERS, stackName } from "../model/layers";
import { cloudOf } from "../model/registry";

/** What of an environment's file and of its stacks' configurations whoever else brings it up has to know; undefined where the file has problems. */
export function loadExported(name: string, root: string): ExportedCluster | undefined {
  const { planned, content } = loadEnvironment(name, root);
  if (planned === undefined) return undefined;
  const { plan, lockState } = planned;
  const login = cloudOf(plan.provider, registry).credentials?.jobs;
  const layers = plan.layers === "three" ? LAYERS : [undefined];
  const source = plan.kubesprayFrom === undefined ? undefined : fromFolder(join(root, "environments"), plan.kubesprayFrom);
  const provider = (stack: string) => (hasProject(root) ? configuredSecrets({ workDir: root, stack }).provider : undefined);
  return {
    name,
    provider: plan.provider,
    ...(plan.credentials === undefined && login !== undefined ? { login } : {}),
    ...(plan.cloud.region === undefined ? {} : { region: plan.cloud.region }),
    stacks: layers.map((layer) => {
      const stack = stackName(plan.environment, layer);
      // A layer's own configuration, else that of the whole environment, as the engine's stacks are made.
      const secretsProvider = provider(stack) ?? provider(plan.environment);
      return { ...(layer === undefined ? {} : { layer }), name: stack, ...(secretsProvider === undefined ? {} : { secretsProvider }) };
    }),
    isLocked: lockState === "current",
    secrets: referencesIn(content),
    usesAgent: plan.access.ssh.agent === true,
    ...(source !== undefined && relative(root, source).startsWith("..") ? { kubesprayFrom: source } : {}),
  };
}

/** Whether the folder is a Pulumi project by itself, and not one of environments alone, whose project is made where it is needed. */
export function hasProject(root: string): boolean {
  return readIfThere(join(root, "Pulumi.yaml")) !== undefined;
}
