import { firewallName, planFirewalls, replacing } from "../model/plan/nftables";
import type { EnvironmentPlan } from "../model/plan/types";
import { nearest } from "../model/problems";
import { badUsage } from "./report";

/** The flows as rules of nftables, by the key of the host: of all, or of one. @throws where there is no such host */
export function hostRules(plan: EnvironmentPlan, key: string | undefined): Readonly<Record<string, string>> {
  const { environment, machines } = plan;
  const keys = machines.map((machine) => machine.key);
  if (key !== undefined && !keys.includes(key)) {
    const near = nearest(key, keys);
    const remedy = `${near === undefined ? "" : `did you mean "${near}"? `}there are ${keys.join(", ")}`;
    throw badUsage(`no machine of ${environment} has the key "${key}"`, remedy, environment);
  }
  const texts = planFirewalls(plan);
  const wanted = machines.filter((machine) => key === undefined || machine.key === key);
  return Object.fromEntries(wanted.map((machine) => [machine.key, replacing(texts[firewallName(machine)] ?? "")]));
}

/** The rules as text, those of hosts with the same ones once. */
export function viewRules(rules: Readonly<Record<string, string>>): string[] {
  const hosts = new Map<string, string[]>();
  for (const [key, text] of Object.entries(rules)) hosts.set(text, [...(hosts.get(text) ?? []), key]);
  return [...hosts].flatMap(([text, keys], index) => [...(index === 0 ? [] : [""]), `# ${keys.join(", ")}`, text.trimEnd()]);
}
