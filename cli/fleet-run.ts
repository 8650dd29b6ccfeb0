import { join, resolve } from "node:path";
import { InvalidArgumentError, Option } from "commander";
import type { FleetOperator, FleetQuestion, FleetRequest } from "../fleet/request";
import type { Approvals } from "../model/fleet/records";
import type { FleetReport } from "../model/fleet/report";
import { withApproval } from "../model/fleet/saved";
import { asking, isYes } from "./asking";
import { type Context, colorsFor, widthOf, writeJson, writeLines } from "./context";
import { EXIT } from "./exit";
import { describeLoss } from "./loss";
import { withFleetProgress } from "./progress/fleet";
import { Exit } from "./report";
import { interruptible } from "./signals";
import { type Column, table } from "./table";
import { commandLine } from "./typed";

/** The options that the commands on a fleet share. */
export interface FleetFlags {
  readonly sandbox?: boolean;
  readonly yes?: boolean;
  readonly json?: boolean;
  readonly parallel?: number;
  readonly report?: string;
}

/** The option by which dangerous changes are let through, one cluster's at a time. */
export interface ApproveFlags {
  readonly approve?: Approvals;
}

/** Which fleet a command line means. */
export async function fleetRequest(
  context: Context,
  file: string | undefined,
  flags: Pick<FleetFlags, "sandbox" | "parallel">,
  approvals: Approvals = {},
): Promise<FleetRequest> {
  const { findRoot } = await context.modules.environments();
  const { sandbox = false, parallel } = flags;
  const main = join(__dirname, "main.js");
  return { file, root: findRoot(context.cwd), sandbox, main, approvals, ...(parallel === undefined ? {} : { parallel }) };
}

/**
 * Does something with a fleet for whoever typed it: told line by line, asked on the terminal, able to interrupt. Prints what came of it, and ends
 * with the code for it.
 * @param check throws for what is wrong with the input, where nobody is there to be asked
 */
export async function runFleet(
  context: Context,
  flags: FleetFlags & { readonly named?: string | undefined },
  command: string,
  work: (operator: FleetOperator) => Promise<FleetReport | undefined>,
  check: () => void = () => undefined,
): Promise<void> {
  // What is wrong with the input is told before who might be asked.
  if (flags.yes !== true && flags.named === undefined && context.ask === undefined) check();
  const ask = flags.yes === true ? undefined : askerOf(context, command, flags.named);
  const report = await interruptible(context, (signals) =>
    withFleetProgress(context, titleOf(command, flags), ({ tell, rest }) => {
      const asked = (question: FleetQuestion) => {
        rest();
        return ask?.(question) ?? Promise.resolve(true);
      };
      return work({ ...signals, ...(ask === undefined ? {} : { ask: asked }), tell });
    }),
  );
  if (report === undefined) {
    writeLines(context.stderr, ["nothing was changed"]);
    throw new Exit(EXIT.interrupted);
  }
  printReport(context, report, flags.json === true);
  if (flags.report !== undefined) await writeReport(resolve(context.cwd, flags.report), report);
  const code = codeOf(report);
  if (code !== EXIT.done) throw new Exit(code, nextOf(report));
}

/** What the redrawn lines of a command are headed by. */
export function titleOf(command: string, { sandbox }: Pick<FleetFlags, "sandbox">): string {
  return sandbox === true ? `${command} in the sandbox` : command;
}

/** Prints how far a run is. */
export function printReport(context: Context, report: FleetReport, json: boolean): void {
  if (json) {
    writeJson(context, report);
    return;
  }
  const colors = colorsFor(context.stdout, context.env);
  const { fleet, operation, to, outcome = "not ended", reason, clusters } = report;
  const done = clusters.filter(({ status }) => status === "done").length;
  writeLines(context.stdout, [
    ...table(CLUSTERS, clusters, widthOf(context.stdout), colors),
    "",
    colors.bold(
      `${operation} of ${fleet}${to === undefined ? "" : ` to ${to}`}: ${outcome}, ${done} of ${clusters.length} clusters${reason === undefined ? "" : `. ${reason}`}`,
    ),
  ]);
}

async function writeReport(file: string, report: FleetReport): Promise<void> {
  const [{ writeWhole }, { reportJunit, reportMarkdown }] = await Promise.all([
    import("../host/files.js"),
    import("../model/fleet/report.js"),
  ]);
  const text = file.endsWith(".md")
    ? reportMarkdown(report)
    : file.endsWith(".xml")
      ? reportJunit(report)
      : `${JSON.stringify(report, undefined, 2)}\n`;
  writeWhole(file, text);
}

/** @param named the answer, where it was given beforehand */
function askerOf(context: Context, command: string, named?: string): (question: FleetQuestion) => Promise<boolean> {
  const ask = named === undefined ? asking(context, command) : async () => named;
  return async (question) => {
    if (question.kind === "destroy") {
      writeLines(
        context.stderr,
        question.losses.flatMap(({ cluster, ...loss }) => describeLoss(cluster, loss)),
      );
      return (await ask("Type the fleet's name to destroy it: ")).trim() === question.fleet;
    }
    const { describeFleet } = await import("./fleet.js");
    const style = { width: widthOf(context.stderr), colors: colorsFor(context.stderr, context.env) };
    writeLines(context.stderr, describeFleet(question.preview, style));
    const { fleet, preview } = question;
    const what = { up: `Bring ${fleet} up`, upgrade: `Upgrade ${fleet}`, rotate: `Exchange the secrets of ${fleet}`, destroy: "" };
    return isYes(await ask(`${what[preview.work.operation]} like this? [y/N] `));
  };
}

/** Which dangerous changes of which clusters are let through. */
export function approveOption(): Option {
  const option = new Option("--approve <CLUSTER/KEY:ACTION@FINGERPRINT>", "let one dangerous change of a cluster through; repeatable");
  return option.argParser((text, before: Approvals = {}) => {
    const approvals = withApproval(text, before);
    if (typeof approvals === "string") throw new InvalidArgumentError(approvals);
    return approvals;
  });
}

/** Where a report goes, in the form that its name ends with. */
export function reportOption(): Option {
  const option = new Option("--report <FILE>", "write a report when it ends: Markdown (.md), JUnit (.xml) or JSON (.json)");
  return option.argParser((file) => {
    if (!/\.(md|xml|json)$/.test(file)) throw new InvalidArgumentError("It must end with .md, .xml or .json.");
    return file;
  });
}

/** How many clusters are worked on at once. */
export function parallelOption(): Option {
  const option = new Option("--parallel <N>", "how many clusters are worked on at once; default: what cores and memory allow");
  return option.argParser((text) => {
    if (!/^[1-9]\d{0,2}$/.test(text)) throw new InvalidArgumentError("It must be a number from 1 to 999.");
    return Number(text);
  });
}

function codeOf({ outcome, clusters }: FleetReport): number {
  if (outcome === "done") return EXIT.done;
  if (outcome === "cancelled") return EXIT.interrupted;
  return outcome === "paused" || clusters.some(({ status }) => status === "refused") ? EXIT.refused : EXIT.failed;
}

/** What to type next; its file and the sandbox it gets where it is told. */
function nextOf({ operation, to, outcome, reason = "", clusters }: FleetReport): string {
  if (clusters.some(({ status }) => status === "refused"))
    return commandLine(["fleet", operation, ...(to === undefined ? [] : ["--to", to])]);
  const wave = outcome === "paused" ? /^wave (\S+) has/.exec(reason)?.[1] : undefined;
  return commandLine(["fleet", "resume", ...(wave === undefined ? [] : ["--approve", wave])]);
}

const CLUSTERS: readonly Column<FleetReport["clusters"][number]>[] = [
  { title: "WAVE", value: ({ wave }) => wave },
  { title: "CLUSTER", value: ({ name }) => name },
  { title: "STATUS", value: ({ status }) => status },
  { title: "LAST STEP", value: ({ step = "-" }) => step },
  { title: "SECONDS", value: ({ seconds }) => String(seconds ?? "-") },
  { title: "REASON", value: ({ reason = "-" }) => reason },
];
