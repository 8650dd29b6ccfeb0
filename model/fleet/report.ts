import type { Begun, Outcome } from "./records";
import type { ClusterRun, FleetRun } from "./run";

/** How far a run is, or how it ended: what `--json` prints. */
export interface FleetReport extends Pick<Begun, "operation" | "sandbox" | "run"> {
  readonly fleet: string;
  /** Of an upgrade, the version. */
  readonly to?: string;
  /** Undefined while somebody works on it, or where it was broken off. */
  readonly outcome?: Outcome;
  /** Why it did not end well. */
  readonly reason?: string;
  readonly clusters: readonly ClusterReport[];
}

/** One cluster of a run. */
export interface ClusterReport extends Pick<ClusterRun, "status" | "step" | "reason"> {
  readonly name: string;
  readonly wave: string;
  /** From its first step to the end of its last. */
  readonly seconds?: number;
}

/** What is to be told of a run. Pure. */
export function reportOf(run: FleetRun): FleetReport {
  const { plan, operation, sandbox, run: id } = run.begun;
  const to = run.begun.operation === "upgrade" ? { to: run.begun.to } : {};
  const reason = run.stopped;
  const clusters = plan.waves.flatMap((wave) =>
    wave.clusters.map(({ name }): ClusterReport => {
      const { status, step, reason: why, since, until } = run.cluster(name);
      return {
        ...{ name, wave: wave.name, status },
        ...(step === undefined ? {} : { step }),
        ...(why === undefined ? {} : { reason: why }),
        ...(since === undefined || until === undefined ? {} : { seconds: Math.round((Date.parse(until) - Date.parse(since)) / 1_000) }),
      };
    }),
  );
  return {
    ...{ fleet: plan.fleet, run: id, operation, sandbox, ...to },
    ...(run.outcome === undefined ? {} : { outcome: run.outcome }),
    ...(reason === undefined ? {} : { reason }),
    clusters,
  };
}

/** A report as Markdown. */
export function reportMarkdown({ fleet, operation, outcome, reason, clusters }: FleetReport): string {
  const cell = (text: unknown) => String(text ?? "-").replace(/[|\n]/g, " ");
  return [
    `## ${operation} of the fleet ${fleet}: ${outcome ?? "not ended"}`,
    ...(reason === undefined ? [] : ["", cell(reason)]),
    "",
    "| wave | cluster | status | last step | seconds | reason |",
    "| --- | --- | --- | --- | --- | --- |",
    ...clusters.map((each) => `| ${[each.wave, each.name, each.status, each.step, each.seconds, each.reason].map(cell).join(" | ")} |`),
    "",
  ].join("\n");
}

/** A report as JUnit's XML, a test case for each cluster. */
export function reportJunit({ fleet, operation, clusters }: FleetReport): string {
  const failed = clusters.filter(({ status }) => ["failed", "refused"].includes(status));
  const skipped = clusters.filter(({ status }) => ["waiting", "running"].includes(status));
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuite name="${xml(`${operation} ${fleet}`)}" tests="${clusters.length}" failures="${failed.length}" skipped="${skipped.length}">`,
    ...clusters.map((each) => {
      const inside = failed.includes(each)
        ? `<failure message="${xml(each.reason ?? each.status)}"/>`
        : skipped.includes(each)
          ? "<skipped/>"
          : "";
      return `  <testcase classname="${xml(each.wave)}" name="${xml(each.name)}" time="${each.seconds ?? 0}">${inside}</testcase>`;
    }),
    "</testsuite>",
    "",
  ].join("\n");
}

function xml(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: XML takes none of these
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g, " ").replace(/[&<>"']/g, (each) => `&#${each.charCodeAt(0)};`);
}
