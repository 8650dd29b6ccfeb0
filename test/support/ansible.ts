import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { ClusterSpec, ClusterStep } from "../../model/cluster/types";
import { pythonEnvironment, requirementsOf } from "../../plugin/kubespray/ansible/python";
import { releaseOf } from "../../plugin/kubespray/ansible/source";
import type { PlaybookEvent, StepContext } from "../../plugin/kubespray/runner";
import { cluster } from "../model/cluster/fixtures";

/**
 * The Python of an environment with ansible-core of the tag's range, without the collections: from PyPI, once, in the user's cache.
 * Undefined where it cannot be had, which is said.
 * @param tag KPAAS_TEST_TAG names another one
 */
export async function ansiblePython(tag = process.env.KPAAS_TEST_TAG || "v2.29.0"): Promise<string | undefined> {
  const release = releaseOf(tag);
  const requirements = requirementsOf(release, (name) => name !== "ansible");
  try {
    return await pythonEnvironment(requirements, release.ansible.python, { tell: () => undefined });
  } catch (error) {
    console.log(`    SKIPPED: no ansible-core here: ${error instanceof Error ? error.message : String(error)}`);
    return undefined;
  }
}

/** Gives the Python of {@link ansiblePython} to the tests of the enclosing `describe`; without one they are skipped. */
export function ansibleForTests(): { readonly python: string } {
  const there = { python: "" };
  before(async function () {
    there.python = (await ansiblePython()) ?? "";
    if (there.python === "") this.skip();
  });
  return there;
}

/** A folder that plays a kubespray tag: a playbook for each name, written as YAML. */
export function playbookFolder(folder: string, playbooks: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(playbooks)) {
    const file = join(folder, name);
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, text);
  }
  return folder;
}

/** A step that runs a playbook on everything. */
export function stepOf(playbook: ClusterStep["playbook"], changes: Partial<ClusterStep> = {}): ClusterStep {
  const nothing = { limit: [], tags: [], extraVars: {}, nodes: [], reason: "", precondition: "", check: "" };
  const states = { inventory: cluster(), reaches: cluster() };
  return { id: `1-${playbook}`, kubespray: "v2.29.0", playbook, ...nothing, ...states, ...changes };
}

/** The fixture's cluster, with every host on this machine and without SSH. */
export function localContext(python: string, variables: ClusterSpec["variables"] = {}, changes: Partial<StepContext> = {}): StepContext {
  const inventory = cluster(undefined, {
    variables: { ansible_connection: "local", ansible_become: false, ansible_python_interpreter: python, ...variables },
  });
  const machines = Object.fromEntries(Object.keys(inventory.nodes).map((name) => [name, { machineId: name, dialAddress: "127.0.0.1" }]));
  return { inventory, machines, ssh: { user: "ubuntu", privateKey: "canary-key" }, secretVariables: [], secretValues: [], ...changes };
}

/** Keeps what a run tells. */
export class Told {
  readonly events: PlaybookEvent[] = [];
  readonly take = (event: PlaybookEvent): void => void this.events.push(event);

  of<E extends PlaybookEvent["event"]>(event: E): Extract<PlaybookEvent, { event: E }>[] {
    return this.events.filter((each): each is Extract<PlaybookEvent, { event: E }> => each.event === event);
  }
}

/** Waits for what another process does. */
export async function until(happened: () => boolean): Promise<void> {
  for (const end = Date.now() + 60_000; !happened(); await wait(50)) {
    if (Date.now() > end) throw new Error(`not within a minute: ${happened}`);
  }
}

/** What Ansible's engine of templates makes of a text. @param python one that {@link ansiblePython} gave */
export function rendered(python: string, template: string, variables: object): string {
  const program = [
    "import jinja2, json, sys",
    "from ansible.plugins.filter.core import FilterModule",
    "environment = jinja2.Environment(trim_blocks=True)",
    "environment.filters.update(FilterModule().filters())",
    "print(environment.from_string(sys.argv[1]).render(json.loads(sys.argv[2])))",
  ].join("\n");
  return execFileSync(python, ["-c", program, template, JSON.stringify(variables)], { encoding: "utf8" });
}
