import { existsSync } from "node:fs";
import { sameValue } from "../../model/cluster/variables";
import { hasUnknown, reveal } from "../kubespray/values";
import type { ResourceProvider } from "../package";
import {
  type Call,
  type CheckCall,
  type CheckFailure,
  type CreateCall,
  type DeleteCall,
  type DiffCall,
  type DiffKind,
  type DiffResult,
  PartialFailure,
  type Properties,
  type ReadCall,
  type ReadResult,
  type UpdateCall,
  withTimeout,
} from "../rpc/provider";
import { folderDigest, playbookFile } from "./content";
import { NO_RUN, type PlaybookInputs, parsePlaybook } from "./inputs";
import type { PlaybookOf, Plays } from "./plays";

/**
 * `kpaas:ansible:Playbook`: a playbook that is run when it, what it reads beside it, its hosts or its variables change, and not otherwise.
 * A refresh knows nothing of what it did: that is Ansible's to find out, at the next run.
 */
export class PlaybookProvider implements ResourceProvider {
  /** @param root what paths of playbooks are relative to */
  constructor(
    private readonly plays: Plays,
    private readonly root: string,
  ) {}

  async check({ news }: CheckCall): Promise<{ inputs: Properties; failures: readonly CheckFailure[] }> {
    const { unusable } = this.plays;
    if (unusable !== undefined) return { inputs: news, failures: [{ property: "", reason: unusable }] };
    const { inputs, failures } = parsePlaybook(news);
    if (inputs === undefined) return { inputs: news, failures };
    const missing = (["playbook", "onDelete"] as const).flatMap((property) => {
      const named = inputs[property];
      const path = named === undefined ? undefined : playbookFile(named, this.root).path;
      return path === undefined || existsSync(path) ? [] : [{ property, reason: `there is no ${path}` }];
    });
    if (missing.length > 0) return { inputs: news, failures: missing };
    try {
      return { inputs: { ...news, digest: folderDigest(playbookFile(inputs.playbook, this.root).folder) }, failures: [] };
    } catch (error) {
      return { inputs: news, failures: [{ property: "playbook", reason: error instanceof Error ? error.message : String(error) }] };
    }
  }

  async diff({ olds, oldInputs, news, ignoreChanges }: DiffCall): Promise<DiffResult> {
    // What the last run was given is among the outputs, without a digest where it failed; how to log in is not.
    const before: Properties = { ...olds, ssh: oldInputs.ssh };
    const changes = Object.entries(changedInputs(before, news)).filter(([name]) => !ignoreChanges.includes(name));
    return { changes: Object.fromEntries(changes) };
  }

  async create(call: CreateCall): Promise<{ id: string; properties: Properties }> {
    if (call.preview) await this.rehearse(call, call.inputs);
    else await this.run(call, call.inputs, {});
    return { id: call.preview ? "" : call.name, properties: outputsOf(call.inputs) };
  }

  async update(call: UpdateCall): Promise<{ properties: Properties }> {
    if (Object.keys(changedInputs(call.olds, call.news)).some((name) => !NO_RUN.includes(name))) {
      if (call.preview) await this.rehearse(call, call.news);
      else await this.run(call, call.news, call.olds);
    }
    return { properties: outputsOf(call.news) };
  }

  async read({ id, inputs, properties }: ReadCall): Promise<ReadResult> {
    return { id, inputs, properties };
  }

  async delete(call: DeleteCall): Promise<void> {
    if (call.inputs.onDelete !== undefined) {
      const inputs = readable(call.inputs);
      const { path } = playbookFile(String(inputs.onDelete), this.root);
      await this.plays.run({ ...ofCall(call), path, inputs, check: false }, tellerOf(call), withTimeout(call));
    }
    this.plays.forget(ofCall(call));
  }

  private async run(call: CreateCall | UpdateCall, news: Properties, olds: Properties): Promise<void> {
    const inputs = readable(news);
    const { path } = playbookFile(inputs.playbook, this.root);
    try {
      await this.plays.run({ ...ofCall(call), path, inputs, check: false }, tellerOf(call), withTimeout(call));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      // Recorded without a digest: the next `up` runs it again.
      const { digest: _digest, ...reached } = "digest" in olds ? olds : outputsOf(news);
      throw new PartialFailure(reason, call.name, reached);
    }
  }

  private async rehearse(call: CreateCall | UpdateCall, news: Properties): Promise<void> {
    const { inputs } = parsePlaybook(news);
    if (inputs?.checkInPreview !== true || hasUnknown(news)) return;
    const { path } = playbookFile(inputs.playbook, this.root);
    await this.plays.run({ ...ofCall(call), path, inputs, check: true }, tellerOf(call), withTimeout(call));
  }
}

function readable(properties: Properties): PlaybookInputs {
  const { inputs, failures } = parsePlaybook(properties);
  if (inputs === undefined) throw new Error(failures.map(({ property, reason }) => `${property}: ${reason}`).join("\n"));
  return inputs;
}

/** What is recorded: all but how to log in. */
function outputsOf({ ssh: _ssh, ...inputs }: Properties): Properties {
  return inputs;
}

/** What differs, by name. */
function changedInputs(before: Properties, after: Properties): Record<string, DiffKind> {
  const changes: Record<string, DiffKind> = {};
  const compare = (path: string, old: unknown, now: unknown): void => {
    if (sameValue(reveal(old), reveal(now))) return;
    changes[path] = old === undefined ? "add" : now === undefined ? "delete" : "update";
  };
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) compare(name, before[name], after[name]);
  return changes;
}

/** The stack is the second part of a URN, and by convention the environment. */
function ofCall({ name, urn }: Call): PlaybookOf {
  return { name, environment: /^urn:pulumi:([^:]+)::/.exec(urn)?.[1] ?? name };
}

function tellerOf(call: Call): (line: string) => void {
  return (line) => {
    // The engine may be gone or busy: the run itself must not stop over a line.
    call.status(line).catch(() => undefined);
  };
}
