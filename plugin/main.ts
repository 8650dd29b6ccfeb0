import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { keepCompiled } from "../host/cache";
import { ANSIBLE_PLAYBOOK, HARBOR_PROJECT, HARBOR_ROBOT, KUBESPRAY_CLUSTER } from "../model/type-tokens";
import type { Plays } from "./ansible/plays";
import { systemClock, worldClock } from "./clock";
import type { Kubespray } from "./kubespray/kubespray";
import type { Provider } from "./rpc/provider";

/*
 * The Pulumi resource plugin `kpaas`: main.js [--runner ansible|sandbox] [--world DIR] [engine address].
 * Where an engine starts it for a program of a user's, which can give it no options, KPAAS_RUNNER and KPAAS_WORLD say the same. KPAAS_ROOT is
 * the folder below which ansible keeps logs, facts and host keys; default: that of the Pulumi project.
 * The engine adds options of its own (--logtostderr, -v=9, --tracing URL), which mean nothing here.
 */

async function kubesprayBy(name: string, world: string | undefined): Promise<Kubespray> {
  if (name === "sandbox") {
    if (world === undefined) throw new Error("--runner sandbox needs --world DIR, the folder its simulated cluster is kept in");
    const { sandboxKubespray } = await import("./kubespray/kubespray.js");
    return sandboxKubespray(world, worldClock(world));
  }
  if (name === "ansible") {
    const { ansibleKubespray } = await import("./kubespray/ansible-kubespray.js");
    return ansibleKubespray(projectRoot());
  }
  throw new Error(`--runner is "${name}"; it must be ansible or sandbox`);
}

function projectRoot(): string {
  return process.env.KPAAS_ROOT || projectFolder(process.cwd());
}

/** The nearest folder up from here that is a Pulumi project: the engine starts plugins where the program lies. */
function projectFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, "Pulumi.yaml"))) return folder;
    if (dirname(folder) === folder) return from;
  }
}

async function playsBy(name: string, world: string | undefined): Promise<Plays> {
  if (name === "sandbox" && world !== undefined) return (await import("./ansible/plays.js")).sandboxPlays(world);
  const [{ ansiblePlays }, { unusableHere }] = await Promise.all([
    import("./ansible/ansible-plays.js"),
    import("./kubespray/ansible/unusable.js"),
  ]);
  return ansiblePlays(projectRoot(), unusableHere());
}

async function harborBy(name: string, world: string | undefined) {
  const { HarborAccess } = await import("./harbor/access.js");
  if (name !== "sandbox" || world === undefined) return new HarborAccess((await import("./harbor/https.js")).overHttps);
  return new HarborAccess((await import("./harbor/simulated/world.js")).harborOfWorld(world));
}

/** What the world's faults.json switches on happens to our own plugin's calls too. */
async function disturbed(own: Provider, worldDir: string): Promise<Provider> {
  const [{ withFaults }, { LOCAL }] = await Promise.all([import("./faults.js"), import("./faults-words.js")]);
  return withFaults(own, { worldDir, words: LOCAL });
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { runner: { type: "string", default: process.env.KPAAS_RUNNER || "ansible" }, world: { type: "string" } },
    strict: false,
    allowPositionals: true,
  });
  const packageFile = JSON.parse(readFileSync(join(__dirname, "..", "..", "package.json"), "utf8")) as { version: string };
  const world = typeof values.world === "string" ? values.world : process.env.KPAAS_WORLD;
  const clock = values.runner === "sandbox" && world !== undefined ? worldClock(world) : systemClock;
  const runner = String(values.runner);
  const [{ serve }, { kpaasPackage }, { KubesprayProvider }, { PlaybookProvider }, { ProjectProvider }, { RobotProvider }] =
    await Promise.all([
      import("./rpc/server.js"),
      import("./package.js"),
      import("./kubespray/provider.js"),
      import("./ansible/provider.js"),
      import("./harbor/project.js"),
      import("./harbor/robot.js"),
    ]);
  const [kubespray, plays, harbor] = await Promise.all([kubesprayBy(runner, world), playsBy(runner, world), harborBy(runner, world)]);
  const types = {
    [KUBESPRAY_CLUSTER]: new KubesprayProvider(kubespray, clock),
    [ANSIBLE_PLAYBOOK]: new PlaybookProvider(plays, projectRoot()),
    [HARBOR_PROJECT]: new ProjectProvider(harbor),
    [HARBOR_ROBOT]: new RobotProvider(harbor),
  };
  const own = kpaasPackage(packageFile.version, types, (args) => harbor.configure(args));
  await serve(runner === "sandbox" && world !== undefined ? await disturbed(own, world) : own);
}

keepCompiled();
void main();
