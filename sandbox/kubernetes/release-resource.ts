import { createHash } from "node:crypto";
import {
  type CheckCall,
  type CheckFailure,
  type CreateCall,
  type DeleteCall,
  type DiffCall,
  type DiffResult,
  PartialFailure,
  type ReadCall,
  type ReadResult,
  UNKNOWN,
  type UpdateCall,
} from "../../plugin/rpc/provider";
import { findChart } from "./charts";
import { NO_PODS } from "./controllers";
import { diffFields, withoutIgnored } from "./diff";
import { type ReleaseRecord, readSpec, releaseProblems, resourceNames } from "./releases";
import type { Session, Sessions } from "./session";
import { containsUnknown, type Fields, fields, isFields, nameOf, reveal, text } from "./values";

/** `kubernetes:helm.sh/v3:Release`. */
export class ReleaseResource {
  constructor(private readonly sessions: Sessions) {}

  check(call: CheckCall): { inputs: Fields; failures: CheckFailure[] } {
    let inputs: Fields = call.news;
    if (text(inputs.name) === undefined && !isFields(inputs.name)) {
      const seed = call.randomSeed.length > 0 ? call.randomSeed : Buffer.from(`${call.urn}${Date.now()}`);
      const name = text(reveal(call.olds.name)) ?? `${call.name}-${createHash("sha256").update(seed).digest("hex").slice(0, 8)}`;
      inputs = { ...inputs, name };
    }
    if (text(inputs.namespace) === undefined && !isFields(inputs.namespace))
      inputs = { ...inputs, namespace: this.sessions.defaultNamespace };
    if (inputs.skipAwait !== true && inputs.timeout === undefined) inputs = { ...inputs, timeout: 300 };
    const plain = fields(reveal(inputs));
    // As the chart names it: v1.19.6 for 1.19.6.
    const chart = containsUnknown(plain.chart) ? undefined : findChart(String(plain.chart), text(plain.version));
    const failures = releaseProblems(plain).map(({ path, reason }) => ({ property: path, reason }));
    if (chart !== undefined && failures.length === 0 && plain.version !== UNKNOWN) inputs = { ...inputs, version: chart.version };
    return { inputs, failures };
  }

  diff(call: DiffCall): DiffResult {
    const before = fields(reveal(Object.keys(call.oldInputs).length > 0 ? call.oldInputs : call.olds));
    const news = fields(reveal(call.news));
    const live = fields(reveal(call.olds));
    const { resourceNames: _names, status: _status, ...asked } = before;
    const { resourceNames: _newNames, ...wanted } = news;
    // An upgrade or a failure outside this program shows in the recorded version and status.
    const drifted = { ...asked, ...(asked.version === undefined || live.version === undefined ? {} : { version: live.version }) };
    const changes = withoutIgnored(diffFields(drifted, wanted, ["name", "namespace"]), call.ignoreChanges);
    return { changes };
  }

  async create(call: CreateCall): Promise<{ id: string; properties: Fields }> {
    if (call.preview) return { id: "", properties: previewed(call.inputs) };
    const session = this.session("create");
    const record = await session.releases.install(readSpec(fields(reveal(call.inputs))));
    return { id: idOf(record), properties: await this.settled(call, record, call.inputs, "was created, but failed") };
  }

  async update(call: UpdateCall): Promise<{ properties: Fields }> {
    if (call.preview) return { properties: previewed(call.news) };
    const session = this.session("update");
    const record = await session.releases.upgrade(readSpec(fields(reveal(call.news))));
    return { properties: await this.settled(call, record, call.news, "failed") };
  }

  async read(call: ReadCall): Promise<ReadResult> {
    const { releases } = this.session("read");
    const [namespace, name] = call.id.includes("/") ? (call.id.split("/") as [string, string]) : ["default", call.id];
    const record = await releases.get(namespace, name);
    if (record === undefined) return { id: "", inputs: {}, properties: {} };
    const known = Object.keys(call.inputs).length > 0 ? call.inputs : { name, namespace, chart: record.chart };
    const inputs = { ...known, version: record.version };
    return { id: idOf(record), inputs, properties: outputsOf(inputs, record) };
  }

  async delete(call: DeleteCall): Promise<void> {
    const session = this.sessions.connect();
    if ("unreachable" in session)
      throw new Error(`can't delete Helm Release with unreachable cluster. Reason: ${JSON.stringify(session.unreachable)}`);
    const [namespace, name] = call.id.includes("/") ? (call.id.split("/") as [string, string]) : ["default", call.id];
    await session.releases.uninstall(namespace, name);
    this.sessions.changed();
  }

  private session(verb: string): Session {
    const session = this.sessions.connect();
    if ("unreachable" in session)
      throw new Error(
        `can't ${verb} Helm Release with unreachable cluster: configured Kubernetes cluster is unreachable: ${session.unreachable}`,
      );
    return session;
  }

  private async settled(call: CreateCall | UpdateCall, record: ReleaseRecord, inputs: Fields, what: string): Promise<Fields> {
    const look = async ({ api, releases }: Session): Promise<{ reasons: readonly string[] }> => {
      const reasons: string[] = [];
      for (const object of await releases.objectsOf(record)) {
        const observed = await api.observe(object);
        const waited = observed.reasons.filter((reason) => object.kind !== "Service" || !reason.startsWith(NO_PODS));
        reasons.push(...waited.map((reason) => `${object.kind} "${nameOf(object)}": ${reason}`));
      }
      return { reasons };
    };
    const { reasons } = inputs.skipAwait === true ? { reasons: [] } : await this.sessions.wait(call, look);
    const done = this.sessions.must().releases.settle(record, reasons.length === 0 ? "deployed" : "failed");
    this.sessions.changed();
    const outputs = outputsOf(inputs, done);
    if (reasons.length === 0) return outputs;
    const head = `Helm release "${idOf(record)}" ${what} to initialize completely. Use Helm CLI to investigate: failed to become available within allocated timeout`;
    throw new PartialFailure([head, ...reasons].join("\n  * "), idOf(record), outputs, inputs);
  }
}

function previewed(inputs: Fields): Fields {
  return { ...inputs, resourceNames: UNKNOWN, status: UNKNOWN };
}

/** The inputs, secret where they are, with what Helm made of them. Rendered manifests are left out: they may hold secret values. */
function outputsOf(inputs: Fields, record: ReleaseRecord): Fields {
  const { name, namespace, revision, status, chart, version, appVersion } = record;
  return {
    ...inputs,
    version,
    resourceNames: resourceNames(record),
    status: { name, namespace, revision, status, chart, version, appVersion },
  };
}

function idOf(record: ReleaseRecord): string {
  return `${record.namespace}/${record.name}`;
}
