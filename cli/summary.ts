import type { EngineTarget, OperationResult } from "../engine/types";
import { isFields } from "../model/data";
import type { MachinePlan } from "../model/plan/infrastructure-types";
import type { EnvironmentPlan } from "../model/plan/types";
import { countChanges } from "../model/preview/sections";
import { describeSteps } from "./changes";
import { clock } from "./progress/state";
import { type Column, table } from "./table";
import { commandLine } from "./typed";
import type { ViewStyle } from "./views";

/** What is said at the end of an `up`: what came up, where it is reached, and what to do next. Below the cluster nothing is said of its API. */
export function summarize(
  { plan, sandbox, layer }: Pick<EngineTarget, "plan" | "sandbox" | "layer">,
  result: OperationResult,
  style: ViewStyle,
  typed = (line: string) => line,
): string[] {
  const { colors, width } = style;
  const outputs = isFields(result.outputs) ? result.outputs : {};
  const command = (verb: string, ...rest: readonly string[]) =>
    [typed(commandLine([verb, plan.environment, ...(sandbox ? ["--sandbox"] : [])])), ...rest].join(" ");
  const title = (text: string) => ["", colors.cyan(text)];
  const hasCluster = layer !== "infrastructure";
  const api = hasCluster ? [{ name: "Kubernetes API", url: endpoint(plan, outputs.apiEndpoint) }] : [];
  return [
    ...title("Machines"),
    ...table(MACHINES, plan.machines, width, colors),
    ...(result.steps.length === 0 ? [] : ["", ...describeSteps(result.steps, style)]),
    ...section(title("Reached at"), table(PLACES, [...api, ...places(outputs.urls), ...floating(outputs.addresses)], width, colors)),
    ...section(title("DNS records to make"), table(PLACES, places(outputs.dnsRecords), width, colors)),
    "",
    `${colors.green(`${layer === undefined ? "" : `the ${layer} of `}${plan.environment} is up`)}${sandbox ? " in the sandbox (simulated: nothing of it is real)" : ""} after ${clock(result.seconds * 1000)}: ${countChanges(result.changes, "done")}`,
    `credentials: ${command("outputs", "--show-secrets")}`,
    hasCluster
      ? `next: ${command("kubeconfig", "--output FILE")}; change the file and ${command("preview")}`
      : `next: ${command("up", "--layer", "cluster")}`,
  ];
}

interface Place {
  readonly name: string;
  readonly url: string;
}

function endpoint(plan: EnvironmentPlan, output: unknown): string {
  if (typeof output === "string") return output;
  return `https://${plan.apiEndpoint.domain ?? plan.apiEndpoint.address}:${plan.apiEndpoint.port}`;
}

function places(urls: unknown): Place[] {
  if (!isFields(urls)) return [];
  return Object.entries(urls).flatMap(([name, url]) => (typeof url === "string" ? [{ name, url }] : []));
}

/** What has an address outside the machines' network, with the one inside. */
function floating(addresses: unknown): Place[] {
  if (!isFields(addresses)) return [];
  return Object.entries(addresses).flatMap(([name, place]) =>
    isFields(place) && typeof place.publicAddress === "string" && typeof place.address === "string"
      ? [{ name: `${name} from outside`, url: `${place.publicAddress} (inside ${place.address})` }]
      : [],
  );
}

/** Lines under a title; no title without lines. A table's first line is its head. */
function section(title: readonly string[], lines: readonly string[]): readonly string[] {
  return lines.length > 1 ? [...title, ...lines] : [];
}

const PLACES: readonly Column<Place>[] = [
  { title: "WHAT", value: (place) => place.name },
  { title: "WHERE", value: (place) => place.url },
];

const MACHINES: readonly Column<MachinePlan>[] = [
  { title: "KEY", value: (machine) => machine.key },
  { title: "ROLES", value: (machine) => machine.roles.join(", ") },
  { title: "ZONE", value: (machine) => machine.zone ?? "-" },
  { title: "ADDRESS", value: (machine) => machine.address },
];
