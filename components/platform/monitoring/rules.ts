import { ALERTS, type Alert } from "./alerts";

/** Where each alert's heading says what to do. */
const RUNBOOKS = "https://github.com/K-PaaS/kpaas/blob/main/docs/runbooks.md";

/** What is always there. */
const ALWAYS = ["cluster", "etcd", "monitoring"];

/** Of a table by service what is said of those that are there, and of what always is. */
export function ofServices<T>(table: Readonly<Record<string, T>>, services: readonly string[]): [string, T][] {
  return Object.entries(table).filter(([name]) => ALWAYS.includes(name) || services.includes(name));
}

/** The rules of alerts, as Prometheus reads them. */
export function ruleGroups(services: readonly string[]): object[] {
  return ofServices(ALERTS, services).map(([name, alerts]) => ({ name, rules: alerts.map(rule) }));
}

function rule({ name, expr, lasts, severity, summary }: Alert): object {
  const annotations = { summary, runbook_url: `${RUNBOOKS}#${name.toLowerCase()}` };
  return { alert: name, expr, for: lasts, labels: { severity }, annotations };
}
