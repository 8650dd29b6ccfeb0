import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { systemClock, worldClock } from "./clock";
import { type Kubespray, sandboxKubespray, unsupportedKubespray } from "./kubespray/kubespray";
import { KubesprayProvider } from "./kubespray/provider";
import { serve } from "./rpc/server";

/*
 * The Pulumi resource plugin `kpaas`: main.js [--runner ansible|sandbox] [--world DIR] [engine address].
 * Where an engine starts it for a program of a user's, which can give it no options, KPAAS_RUNNER and KPAAS_WORLD say the same.
 * The engine adds options of its own (--logtostderr, -v=9, --tracing URL), which mean nothing here.
 */

function kubesprayBy(name: string, world: string | undefined): Kubespray {
  if (name === "sandbox") {
    if (world === undefined) throw new Error("--runner sandbox needs --world DIR, the folder its simulated cluster is kept in");
    return sandboxKubespray(world, worldClock(world));
  }
  if (name === "ansible") return unsupportedKubespray("running kubespray against real hosts is not supported yet in this version");
  throw new Error(`--runner is "${name}"; it must be ansible or sandbox`);
}

const { values } = parseArgs({
  options: { runner: { type: "string", default: process.env.KPAAS_RUNNER || "ansible" }, world: { type: "string" } },
  strict: false,
  allowPositionals: true,
});
const packageFile = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")) as { version: string };
const world = typeof values.world === "string" ? values.world : process.env.KPAAS_WORLD;
const clock = values.runner === "sandbox" && world !== undefined ? worldClock(world) : systemClock;
serve(new KubesprayProvider(packageFile.version, kubesprayBy(String(values.runner), world), clock));
