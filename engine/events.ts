import type { DiagnosticEvent, EngineEvent, StepEventMetadata, SummaryEvent } from "@pulumi/pulumi/automation/events";
import { fields } from "../model/data";
import { impactOf } from "../model/preview/impacts";
import { propertyChanges } from "../model/preview/properties";
import type { Counts, ResourceChange } from "../model/preview/types";
import { SECRET_WORD, UNKNOWN_WORD } from "../model/preview/words";
import { KUBESPRAY_CLUSTER } from "../model/type-tokens";
import { SECRET_SIGNATURE, SIGNATURE_KEY, UNKNOWN } from "../plugin/rpc/provider";
import { cloudOfResource } from "./state/clouds";
import type { PendingOperation } from "./state/state";
import { saysNo } from "./state/unanswered";

/** What an operation tells while it runs. */
export type Progress =
  | {
      readonly kind: "resource";
      readonly status: "start" | "done" | "failed";
      readonly op: string;
      readonly urn: string;
      readonly type: string;
      readonly name: string;
      readonly detail?: string;
    }
  /** The engine's diagnostics: kubespray's steps come this way. */
  | {
      readonly kind: "message";
      readonly severity: "info" | "warning" | "error";
      readonly text: string;
      readonly urn?: string;
      /** Only worth showing while the operation runs. */
      readonly ephemeral: boolean;
    }
  /** Finding or building the engine, waiting for a lock. */
  | { readonly kind: "engine"; readonly text: string };

/** Something said, that stays. */
export function messageOf(severity: "info" | "warning", text: string): Progress {
  return { kind: "message", severity, text, ephemeral: false };
}

/** How many resources were, or in a preview would be, changed. A replacement counts once. */
export type Changes = Counts;

/** One changed resource. */
export type ChangedResource = ResourceChange;

const STACK_TYPE = "pulumi:pulumi:Stack";

/** Steps of a replacement that the engine announces beside the replacement itself. */
const PARTS_OF_REPLACE = new Set(["create-replacement", "delete-replaced", "remove-pending-replace", "discard-replaced"]);

/** What the engine and the SDK say at the end about errors that were told before. */
const GENERIC = /^((update|preview|refresh|destroy) failed|One or more errors occurred.*|an unhandled error occurred.*)$/s;

/** What a provider puts in front of the cloud's words, where resource and operation are named already. */
const NAMED_AGAIN = /^Error (creating|updating|deleting|reading) \S+: (?=\S)/;

/** Steps that make something in the cloud. */
const CREATES = new Set(["create", "create-replacement"]);

/** The status of a failed step of which the engine recorded what was reached. */
const RECORDED = 1;

/** Steps that change nothing in the cloud: what was only read there is forgotten by `discard`. */
const QUIET = new Set(["same", "read", "refresh", "discard"]);

/** Turns the engine's events into progress and, at the end, into an operation's result. */
export class EventCollector {
  private summary: SummaryEvent | undefined;
  private readonly changed = new Map<string, ChangedResource>();
  private readonly errors: { readonly urn?: string; readonly text: string }[] = [];
  private readonly failedResources = new Map<string, Pick<ChangedResource, "op" | "urn">>();
  private readonly creations = new Map<string, PendingOperation["resource"]>();
  private clusterSteps: readonly unknown[] = [];
  private stackOutputs: Readonly<Record<string, unknown>> = {};
  private recordedOutputs: Readonly<Record<string, unknown>> = {};

  /**
   * @param onProgress told of everything worth showing, as it comes
   * @param isKnown true for an error text that the caller reports itself, so that it is not told twice
   * @param earlier what an earlier try of the same operation has come to: what it has done counts, its failure does not
   */
  constructor(
    private readonly onProgress: (event: Progress) => void = () => {},
    private readonly isKnown: (text: string) => boolean = () => false,
    private readonly earlier?: EventCollector,
  ) {}

  /** Takes one event, in the order they come. */
  take(event: EngineEvent): void {
    if (event.summaryEvent) this.summary = event.summaryEvent;
    else if (event.diagnosticEvent) this.takeDiagnostic(event.diagnosticEvent);
    else if (event.resourcePreEvent) this.step("start", event.resourcePreEvent.metadata);
    else if (event.resOutputsEvent) {
      this.step("done", event.resOutputsEvent.metadata);
      this.takeOutputs(event.resOutputsEvent.metadata);
    } else if (event.resOpFailedEvent) {
      const { metadata, status } = event.resOpFailedEvent;
      this.step("failed", metadata);
      if (CREATES.has(metadata.op) && metadata.new && status !== RECORDED) this.creations.set(metadata.urn, recordable(metadata.new));
    } else if (event.policyEvent) {
      const { policyName, message, enforcementLevel, resourceUrn } = event.policyEvent;
      const severity = enforcementLevel === "mandatory" ? "error" : "warning";
      this.message(severity, `policy ${policyName}: ${plain(message)}`, resourceUrn, false);
    }
  }

  get changes(): Changes {
    const count = (op: string) => Object.entries(this.summary?.resourceChanges ?? {}).find(([name]) => name === op)?.[1] ?? 0;
    const before = this.earlier?.changes ?? { create: 0, update: 0, replace: 0, delete: 0, same: 0 };
    return {
      create: count("create") + count("import") + before.create,
      update: count("update") + before.update,
      replace: (count("replace") || Math.max(count("create-replacement"), count("delete-replaced"))) + before.replace,
      delete: count("delete") + before.delete,
      // What was done before is the same by now.
      same: Math.max(0, count("same") - before.create - before.update - before.replace),
    };
  }

  /** The changed resources, in the order the engine came to them. */
  get resources(): readonly ChangedResource[] {
    const before = this.earlier?.resources.filter(({ urn }) => !this.earlier?.failedResources.has(urn)) ?? [];
    return [...new Map([...before, ...this.changed.values()].map((one) => [one.urn, one])).values()];
  }

  /** The kubespray steps of the cluster changed in this operation. */
  get steps(): readonly unknown[] {
    return this.clusterSteps.length > 0 ? this.clusterSteps : (this.earlier?.steps ?? []);
  }

  /** The stack's outputs; the engine hides every secret before it tells of them. */
  get outputs(): Record<string, unknown> {
    return readableFields(this.stackOutputs);
  }

  /** The stack's outputs as they were recorded before, hidden as those are. */
  get before(): Record<string, unknown> {
    return readableFields(this.recordedOutputs);
  }

  /** Whether an operation on a resource failed, as opposed to the program. */
  get hasFailedResources(): boolean {
    return this.failedResources.size > 0;
  }

  /** URNs of the resources that could not be deleted. */
  get undeleted(): readonly string[] {
    return [...this.failedResources.values()].filter(({ op }) => op.startsWith("delete")).map(({ urn }) => urn);
  }

  /** Adds to what is told of the failure. */
  note(lines: readonly string[]): void {
    for (const text of lines) this.message("error", text, undefined, false);
  }

  /** What was said about each resource that failed, by URN. */
  get refusals(): ReadonlyMap<string, string> {
    return new Map(this.errors.flatMap(({ urn, text }) => (urn === undefined ? [] : [[urn, text] as const])));
  }

  /** Creations that failed without a clear no: the engine takes them for failed, but the cloud may have carried them out. */
  get unanswered(): readonly PendingOperation[] {
    return [...this.creations.values()].flatMap((resource) => {
      const said = this.errors.filter(({ urn }) => urn === resource.urn);
      return said.length > 0 && said.every(({ text }) => saysNo(text)) ? [] : [{ type: "creating", resource }];
    });
  }

  /** Why it failed, as text: each error beside its resource, then what failed without saying why. Undefined if nothing says so. */
  get failure(): string | undefined {
    const specific = this.errors.filter(({ text }) => !GENERIC.test(text));
    const explained = new Set(specific.map((error) => error.urn));
    const lines = [
      ...specific.map(({ urn, text }) => {
        const failed = urn === undefined ? undefined : describe(urn, this.failedResources.get(urn)?.op);
        return failed === undefined ? withoutWrapping(text) : `${failed}: ${text.replace(NAMED_AGAIN, "")}`;
      }),
      ...[...this.failedResources.values()].filter(({ urn }) => !explained.has(urn)).map(({ urn, op }) => `${describe(urn, op)}: failed`),
    ];
    return lines.length === 0 ? undefined : [...new Set(lines)].map(indent).join("\n");
  }

  private takeDiagnostic(event: DiagnosticEvent): void {
    const text = plain(event.message);
    if (text === "" || text.startsWith("using pulumi-resource-kpaas from $PATH")) return;
    switch (event.severity) {
      case "error":
        if (!this.isKnown(text)) this.message("error", withoutTrace(text), event.urn, event.ephemeral ?? false);
        break;
      case "warning":
        this.message("warning", text, event.urn, event.ephemeral ?? false);
        break;
      case "info":
      case "info#err":
        this.message("info", text, event.urn, event.ephemeral ?? false);
        break;
      // The engine also sends "debug", which its type does not know: the SDK's own chatter.
    }
  }

  private message(severity: "info" | "warning" | "error", text: string, urn: string | undefined, ephemeral: boolean): void {
    const where = urn === undefined || urn === "" ? {} : { urn };
    if (severity === "error") this.errors.push({ ...where, text });
    this.onProgress({ kind: "message", severity, text, ...where, ephemeral });
  }

  private step(status: "start" | "done" | "failed", metadata: StepEventMetadata): void {
    const { op, urn, type } = metadata;
    const resource = { op, urn, type, name: nameOf(urn) };
    if (status === "failed") this.failedResources.set(urn, resource);
    else if (!QUIET.has(op) && !PARTS_OF_REPLACE.has(op) && !this.changed.has(urn))
      this.changed.set(urn, { ...resource, ...tellOf(metadata) });
    this.onProgress({ kind: "resource", status, ...resource });
  }

  private takeOutputs({ op, type, old, new: state }: StepEventMetadata): void {
    if (type === STACK_TYPE && old) this.recordedOutputs = old.outputs;
    // The engine writes null where a step leaves no new state.
    if (!state) return;
    if (type === STACK_TYPE) this.stackOutputs = state.outputs;
    const steps: unknown = type === KUBESPRAY_CLUSTER && !QUIET.has(op) ? state.outputs.steps : undefined;
    if (Array.isArray(steps)) this.clusterSteps = steps.map(readable);
  }
}

/** What a step does to its resource. The engine writes null for what there is none of. */
function tellOf({
  op,
  urn,
  type,
  old,
  new: wanted,
  diffs,
  detailedDiff,
}: StepEventMetadata): Omit<ChangedResource, "op" | "urn" | "type" | "name"> {
  const [oldInputs, oldOutputs, newInputs] = [old?.inputs, old?.outputs, wanted?.inputs].map((state) => readable(state ?? {}));
  const changes = op === "update" || op === "replace" || op === "import-replacement";
  const properties = changes
    ? propertyChanges({
        ...{ type, oldInputs, oldOutputs, newInputs },
        ...(detailedDiff ? { detailed: detailedDiff } : {}),
        ...(diffs ? { changed: diffs } : {}),
      })
    : [];
  const parent = wanted?.parent || old?.parent;
  const recorded = { ...readableFields(old?.outputs ?? {}), ...readableFields(old?.inputs ?? {}) };
  const cloud = cloudOfResource({ type, urn })?.preview;
  const step = { op, type, name: nameOf(urn), recorded, wanted: newInputs, properties, retained: old?.retainOnDelete === true };
  const impact = impactOf(step, cloud);
  const flow = cloud?.flow(type, nameOf(urn), fields(wanted ? newInputs : oldInputs));
  return { ...(parent ? { parent } : {}), properties, ...(impact ? { impact } : {}), ...(flow ? { flow } : {}) };
}

/** A resource's state as an event tells it. What is secret is told as a word only: it is left out, and set again by the next update. */
export function recordable(state: NonNullable<StepEventMetadata["new"]>): PendingOperation["resource"] {
  const { urn, type, custom, parent, provider, protect, inputs } = state;
  return {
    ...{
      urn,
      type,
      // Left out where it is not.
      custom: custom ?? false,
      inputs: Object.fromEntries(Object.entries(inputs).filter(([, value]) => !JSON.stringify(value).includes(SECRET_WORD))),
    },
    ...(parent ? { parent } : {}),
    ...(provider ? { provider } : {}),
    ...(protect ? { protect } : {}),
  };
}

/** The logical name at the end of a URN. */
export function nameOf(urn: string): string {
  return urn.slice(urn.lastIndexOf("::") + 2);
}

/** The type in a URN, without those that it is in. */
export function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").pop() ?? "";
}

/** `type name (op)` for a message about one resource. */
function describe(urn: string, op: string | undefined): string {
  return `${typeOf(urn)} ${nameOf(urn)}${op === undefined ? "" : ` (${op})`}`;
}

/** An engine message without the engine's colour marks and terminal codes. */
export function plain(message: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: terminal codes begin with one.
  return message.replace(/<\{%.*?%\}>|\u001b\[[0-9;]*m/g, "").trim();
}

/** An error text without the lines of its stack trace. */
function withoutTrace(text: string): string {
  return text.replace(/\n\s+at .*$/gm, "");
}

/** A function's failure without the names of the inputs it was wanted for, nor the runtime's words around it. */
function withoutWrapping(text: string): string {
  return text.replace(/^Unhandled exception: (Error: )?/, "").replace(/^(error serializing property "[^"]*": )+/, "");
}

/** A value with the protocol's marks for unknowns and secrets replaced by words. */
function readable(value: unknown): unknown {
  if (value === UNKNOWN) return UNKNOWN_WORD;
  if (Array.isArray(value)) return value.map(readable);
  return typeof value === "object" && value !== null ? readableObject({ ...value }) : value;
}

function readableObject(value: Readonly<Record<string, unknown>>): unknown {
  return value[SIGNATURE_KEY] === SECRET_SIGNATURE ? SECRET_WORD : readableFields(value);
}

function readableFields(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, readable(item)]));
}

/** Text moved two places to the right. */
export function indent(text: string): string {
  return text.replace(/^/gm, "  ");
}
