import { accessSync, constants, existsSync, statSync } from "node:fs";
import { connect } from "node:net";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { chartsOf } from "../model/charts/charts-of";
import type { EnvironmentPlan } from "../model/plan/types";
import type { Finding } from "./finding";

/** How long a host may take to answer, in milliseconds: a doctor that waits for the network is no help. */
const TIMEOUT_MS = 3_000;

/** The hosts that images and charts of the plans come from, mirrors in place of what they have, each once. */
export function artifactHosts(plans: readonly EnvironmentPlan[]): string[] {
  const mirrors = plans.flatMap(({ airGap }) =>
    airGap === undefined ? [] : [airGap.registry, ...(airGap.files === undefined ? [] : [new URL(airGap.files).host])],
  );
  const images = plans.flatMap((plan) =>
    (plan.airGap === undefined ? plan.images : []).map((image) =>
      (/^[^/]*[.:][^/]*(?=\/)/.exec(image)?.[0] ?? "docker.io").replace(/^docker\.io$/, "registry-1.docker.io"),
    ),
  );
  const charts = plans.flatMap((plan) =>
    plan.services.flatMap((service) => chartsOf(service).map(({ repository }) => new URL(repository).host)),
  );
  return [...new Set([...mirrors, ...images, ...charts])].sort();
}

/** Whether an address answers at all: what it answers is not our matter. */
export async function reachabilityFinding(name: string, url: string): Promise<Finding> {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed === undefined)
    return { name, status: "warning", detail: `${url} is no URL`, remedy: "give a whole one, such as https://HOST:5000/v3" };
  const port = Number(parsed.port || (parsed.protocol === "http:" ? 80 : 443));
  const where = `${parsed.hostname}:${port}`;
  const failure = await tryConnection(parsed.hostname.replace(/^\[|\]$/g, ""), port);
  if (failure === undefined) return { name, status: "ok", detail: `${where} answers` };
  return {
    name,
    status: "warning",
    detail: `${where} does not answer (${failure}); the sandbox does not need it`,
    remedy: "see to the name, the network and the firewall between here and there, then run `kpaas doctor` again",
  };
}

/** Whether a bastion lets this host in as far as SSH's greeting: what comes before any key. */
export async function bastionFinding(environment: string, host: string, port = 22): Promise<Finding> {
  const name = `bastion of ${environment}`;
  const failure = await tryConnection(host, port, /^SSH-/m);
  if (failure === undefined) return { name, status: "ok", detail: `${host}:${port} answers by SSH` };
  return {
    name,
    status: "warning",
    detail: `${host}:${port} does not answer by SSH (${failure}): the private API of ${environment} cannot be reached from here`,
    remedy: "check that the machine runs and that infrastructure.access.adminCidrs lets this host in, then run `kpaas doctor` again",
  };
}

/** Why no connection comes about, or none on which `greeting` is said first; undefined where one does. */
function tryConnection(host: string, port: number, greeting?: RegExp): Promise<string | undefined> {
  return new Promise((answer) => {
    const socket = connect({ host, port });
    let said = "";
    const end = (failure: string | undefined): void => {
      clearTimeout(timer);
      socket.destroy();
      answer(failure);
    };
    const timer = setTimeout(() => end(`no answer within ${TIMEOUT_MS / 1000} s`), TIMEOUT_MS);
    socket.once("error", (error: NodeJS.ErrnoException) => end(error.code ?? error.message));
    if (greeting === undefined) {
      socket.once("connect", () => end(undefined));
      return;
    }
    socket.once("end", () => end("it hung up"));
    socket.setEncoding("latin1").on("data", (text: string) => {
      said = (said + text).slice(0, 1_000);
      if (greeting.test(said)) end(undefined);
      else if (said.includes("\n")) end("something else listens there");
    });
  });
}

/** Whether a backend of one host, or a service, can be used: the folder of a `file://` one can be written, the service answers. */
export async function backendReachFinding(url: string, shown: string, root: string): Promise<Finding> {
  const name = "backend";
  if (/^https?:/.test(url)) {
    const answer = await reachabilityFinding(name, url);
    return answer.status === "ok" ? { ...answer, detail: `${shown}, which answers` } : answer;
  }
  const [path = ""] = url.slice("file://".length).split("?");
  const folder = path.startsWith("~") ? join(homedir(), path.slice(1)) : resolve(root, path);
  const problem = unwritable(folder);
  if (problem === undefined) return { name, status: "ok", detail: `${shown}, a folder that can be written` };
  return {
    name,
    status: "warning",
    detail: `${shown}: ${problem}`,
    remedy: `make the folder writable, or choose another: \`pulumi login file://FOLDER\``,
  };
}

/** Why a folder cannot be written to or made; undefined where it can. */
function unwritable(folder: string): string | undefined {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  if (!statSync(there).isDirectory()) return `${there} is no folder`;
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
    return there === folder ? undefined : `${folder} is not there`;
  } catch {
    return `${there} may not be written to`;
  }
}
