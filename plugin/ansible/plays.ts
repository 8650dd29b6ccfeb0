import { rmSync } from "node:fs";
import { join } from "node:path";
import { makeFolder, writeWhole } from "../../host/files";
import type { PlaybookInputs } from "./inputs";

/** Which resource a playbook is. */
export interface PlaybookOf {
  /** The resource's name. */
  readonly name: string;
  /** The stack's name: what host keys are recorded by. */
  readonly environment: string;
}

/** One run of a playbook. */
export interface PlaybookRun extends PlaybookOf {
  /** The file. */
  readonly path: string;
  readonly inputs: PlaybookInputs;
  /** With `--check`: nothing is changed. */
  readonly check: boolean;
}

/** What runs playbooks of `kpaas:ansible:Playbook`. */
export interface Plays {
  /** Why none can be run; undefined where they can. */
  readonly unusable: string | undefined;
  /** Runs it to its end. @throws Error where it failed: its effect may be there in part */
  run(run: PlaybookRun, tell: (line: string) => void, signal: AbortSignal): Promise<void>;
  /** Forgets what is kept of a resource that is gone. */
  forget(playbook: PlaybookOf): void;
}

/** A resource's name as that of a file or folder: it may hold slashes. */
export function fileName(name: string): string {
  return encodeURIComponent(name).replace(/^\./, "%2E");
}

/** Records what would run, in the world's folder: no host is touched. */
export function sandboxPlays(world: string): Plays {
  const file = (name: string): string => join(world, "playbooks", `${fileName(name)}.json`);
  return {
    unusable: undefined,
    async run({ name, path, inputs, check }, tell) {
      const { playbook, digest, hosts, tags = [], limit = [], variables = {} } = inputs;
      tell(`simulated on ${Object.keys(hosts).length} hosts: ${check ? "checked" : "recorded"}, without effect`);
      if (check) return;
      makeFolder(join(world, "playbooks"));
      // Names of variables only: their values may be secret.
      const record = { playbook, path, digest, hosts: Object.keys(hosts).sort(), tags, limit, variables: Object.keys(variables).sort() };
      writeWhole(file(name), `${JSON.stringify(record, undefined, 2)}\n`);
    },
    forget: ({ name }) => rmSync(file(name), { force: true }),
  };
}
