import { join } from "node:path";
import type { LoadedEnvironment } from "../../files/load";
import type { AirGapEntry, Workstation } from "../../model/airgap/entries";
import { digestOf } from "../../model/catalog";
import type { PlannedEnvironment } from "../../model/plan/plan";
import type { BundleChoice } from "../../operate/airgap/bundle";
import { type AirGapRequest, listPulled } from "../../operate/airgap/list";
import type { Doors } from "../../operate/doors";
import type { Operator } from "../../operate/operator";
import { environmentFile, plannedFile } from "./environment";
import { type FakeInternet, kubesprayWith, wheelOf } from "./fake-internet";

/** An environment with mirrors of all that it pulls. */
export const planned = plannedFile(
  environmentFile({
    cluster: { airGap: { registry: "registry.intra:5000", files: "https://files.intra", charts: "charts" } },
    platform: { domain: "apps.intra" },
  }),
);

/** The same without the images whose digests the catalogue knows, which nothing made up has. */
export const unpinned: PlannedEnvironment = {
  ...planned,
  plan: { ...planned.plan, images: planned.plan.images.filter((image) => !image.includes("@") && digestOf(image) === undefined) },
};

const workstation = (): Workstation => ({
  engine: "3.259.0",
  platform: { engine: "linux-x64", plugin: "linux-amd64" },
  plugins: [{ name: "random", version: "4.21.2" }],
  index: "https://pypi.org/simple",
  python: [{ name: "jmespath", version: "1.0", hashes: [`sha256:${wheelOf("jmespath").hashes.sha256}`] }],
  modules: [{ name: "zod", version: "4.6.7", integrity: "sha512-x", licence: "MIT" }],
  commit: "c".repeat(40),
});

/** Doors to one environment, whichever is asked for. */
export function doorsTo(plan: PlannedEnvironment): Doors {
  const loaded: LoadedEnvironment = { name: "demo", file: "/demo.yaml", lockFile: "/demo.lock.yaml", problems: [], planned: plan };
  const environments = { findRoot: (cwd: string) => cwd, listEnvironments: () => [], loadEnvironment: () => loaded, writeLock: () => {} };
  return { environments: async () => environments } as unknown as Doors;
}

/** Doors to {@link planned}. */
export const doors = doorsTo(planned);

/** An operator who says nothing, and stops by a signal. */
export function operator(signal: AbortSignal = new AbortController().signal): Operator {
  return { asker: () => undefined, tell: () => {}, run: async (_job, work) => await work({ signal }) };
}

/** Asks for environments, with a machine that needs little. */
export function request(references = ["demo"]): AirGapRequest {
  return { references, root: "/", workstation };
}

/** What an environment pulls, and how it is bundled. */
export interface Prepared {
  readonly entries: readonly AirGapEntry[];
  readonly choice: BundleChoice;
}

/** Puts what an environment pulls onto the fake internet, and has a kubespray whose checksums are those of the files there. */
export async function prepare(internet: FakeInternet, folder: string, to = join(folder, "bundle")): Promise<Prepared> {
  const [pulled] = await listPulled(request(), operator(), doors);
  const entries = pulled?.entries ?? [];
  const files = entries.filter(({ kind }) => kind === "file");
  internet.charts = entries.filter(({ kind }) => kind === "chart");
  const tag = kubesprayWith(folder, files);
  return { entries, choice: { to, parallel: 3, pauseMs: 0, login: async () => undefined, kubespray: async () => tag } };
}
