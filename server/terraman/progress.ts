import type { Kysely } from "kysely";
import type { ClusterStatus, Tables } from "../data/tables";
import type { Operation, Turn } from "../work/types";

/** The lines that Terraman writes while a cluster comes to be (cp-terraman, TerramanConstant), in its order. */
export const LINES = {
  start: (provider: string) => `Start creating cluster(Provider : ${provider})`,
  uploaded: "Upload of requested IaC information is complete.",
  configured: "Tf file for instance configuration is complete.",
  initialized: "Terraform initialization is complete.",
  planned: "The system has confirmed that there are no problems with the terraform plan.",
  applied: "The system has finished configuring the instances for cluster creation.",
  loaded: "It succeeded in loading the configuration information of the newly created instance.",
  updated: "Configuration information update for cluster configuration has been completed.",
  complete: "The provisioning of the cluster is complete.",
  wrong: "ERROR - Failed to create cluster. Please check the parameters.",
  planFailed: "ERROR - OpenTofu plan is failed.",
  applyFailed: "ERROR - OpenTofu apply is failed.",
} as const;

/** The line that follows on what was written for each turn, by its number: a turn that is told of twice writes the same lines. */
function linesOf(turn: Turn, provider: string): { readonly from: number; readonly lines: readonly string[] } {
  if (turn.kind === "begun")
    return { from: 0, lines: [LINES.start(terramanName(provider)), LINES.uploaded, LINES.configured, LINES.initialized] };
  if (turn.kind === "stepped" && turn.step === "preview") return { from: 4, lines: [LINES.planned] };
  if (turn.kind === "stepped") return { from: 5, lines: [LINES.applied, LINES.loaded, LINES.updated] };
  if (turn.kind === "failed")
    return turn.step === "preview" ? { from: 4, lines: [LINES.planFailed] } : { from: 5, lines: [LINES.applyFailed] };
  if (turn.kind === "cancelled" || turn.kind === "rejected") return { from: 5, lines: [LINES.wrong] };
  return turn.kind === "done" ? { from: 8, lines: [LINES.complete] } : { from: 0, lines: [] };
}

/** The turns that its programs know of; one that somebody has stopped is one that failed. */
const STATUS: Readonly<Partial<Record<Turn["kind"], ClusterStatus>>> = {
  begun: "C",
  failed: "D",
  cancelled: "D",
  rejected: "D",
  done: "A",
};

/** Keeps K-PaaS's state of a cluster, and its log, at what has become of its operation. */
export async function followOperation({ cluster, kind }: Operation, turn: Turn, within: Kysely<Tables>): Promise<void> {
  if (cluster === null || kind !== "up") return;
  const row = await within.selectFrom("clusters").select("provider").where("id", "=", cluster).executeTakeFirst();
  if (row === undefined) return;
  const status = STATUS[turn.kind];
  if (status !== undefined) await within.updateTable("clusters").set({ status, modified: new Date() }).where("id", "=", cluster).execute();
  if (turn.kind === "begun") await within.deleteFrom("clusterLogs").where("cluster", "=", cluster).execute();
  const { from, lines } = linesOf(turn, row.provider);
  if (lines.length === 0) return;
  const rows = lines.map((message, index) => ({ cluster, number: from + index, message }));
  await within
    .insertInto("clusterLogs")
    .values(rows)
    .onConflict((same) => same.columns(["cluster", "number"]).doUpdateSet((written) => ({ message: written.ref("excluded.message") })))
    .execute();
}

/** Terraman names one cloud otherwise in its log. */
function terramanName(provider: string): string {
  return provider === "NAVER" ? "ncloud" : provider;
}
