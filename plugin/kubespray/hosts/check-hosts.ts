import { setTimeout as pause } from "node:timers/promises";
import { type HostFinding, type HostQuestion, type HostReport, judgeHosts } from "../../../model/cluster/host-checks";
import { type HostFacts, needsOf, parseHostFacts, portsFrom } from "../../../model/cluster/host-facts";
import { sourcesOf } from "../../../model/cluster/sources";
import { type FactsQuestion, factsInput, factsScript } from "./facts-script";
import { askAll, HostUnreachable, type RemoteHosts } from "./remote-hosts";

/** How long new machines are waited for, and how often they are asked. */
const BOOT_MS = 300_000;
const AGAIN_MS = 5_000;
const FACTS_MS = 90_000;

/** Looks at all hosts of a change, and tells all that is wrong with them. Nothing is changed on them. */
export async function checkHosts(
  hosts: RemoteHosts,
  question: HostQuestion,
  signal: AbortSignal,
  bootMs = BOOT_MS,
): Promise<readonly HostFinding[]> {
  const { booting = [] } = question;
  const until = performance.now() + bootMs;
  const { answers } = await askAll(question.nodes, async (node): Promise<HostReport> => {
    for (;;) {
      const report = await reportOf(hosts, node, factsOf(node, question), signal);
      const isBooting = "missing" in report && report.missing === "ssh" && booting.includes(node) && performance.now() < until;
      if (!isBooting) return report;
      await pause(AGAIN_MS, undefined, { signal });
    }
  });
  signal.throwIfAborted();
  return judgeHosts([...answers.values()], question);
}

function factsOf(node: string, { spec, joining }: HostQuestion): FactsQuestion {
  const { http_proxy: http, https_proxy: https, no_proxy: except } = spec.variables;
  return {
    modules: needsOf(spec).modules,
    ports: portsFrom(node, spec, joining),
    sources: joining.includes(node) ? sourcesOf(spec) : [],
    proxies: {
      ...(typeof http === "string" ? { http } : {}),
      ...(typeof https === "string" ? { https } : {}),
      except: typeof except === "string" ? except : "",
    },
  };
}

async function reportOf(hosts: RemoteHosts, node: string, question: FactsQuestion, signal: AbortSignal): Promise<HostReport> {
  try {
    const said = await hosts.run(node, factsScript(question), { become: true, input: factsInput(question), timeoutMs: FACTS_MS, signal });
    if (said.code !== 0)
      return { node, missing: "sudo", reason: `it does not let us be root: ${said.stderr.trim().split("\n").at(-1) ?? ""}` };
    return { node, facts: parseHostFacts(said.stdout, await clockOf(hosts, node, signal)) };
  } catch (error) {
    if (error instanceof HostUnreachable) return { node, missing: "ssh", reason: `it does not let us in: ${error.reason}` };
    throw error;
  }
}

/** A short command on an open connection, so that the time it takes matters little. */
async function clockOf(hosts: RemoteHosts, node: string, signal: AbortSignal): Promise<HostFacts["clock"]> {
  const asked = Date.now();
  const { stdout } = await hosts.run(node, "date +%s.%N", { signal });
  const answered = Date.now();
  const at = Number(stdout.trim().replace(/\.N$/, "")) * 1_000;
  return { aheadMs: Math.round(at - (asked + answered) / 2), uncertainMs: Math.ceil((answered - asked) / 2) };
}
