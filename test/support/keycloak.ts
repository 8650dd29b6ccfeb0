import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { chownSync, cpSync, existsSync, lstatSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { engineCache } from "../../engine/paths";
import type { Bag } from "../../testing/mocks";
import { at } from "../components/platform/fixtures";
import { type HttpsAnswer, httpsCall } from "./https-call";
import { programForTests } from "./real-server";

/** The user of the official image; nobody else's where tests are not root. */
const IMAGE_USER = 1000;
/** Where the image has the server. */
const IMAGE_HOME = "/opt/keycloak";
/** What is laid over the image, and read from there by what our settings say. */
const FOLDERS = [IMAGE_HOME, "/build", "/etc/keycloak-tls", "/etc/keycloak-database"];

/** Versions that are tested, the oldest first: those of the catalogue, and 26.3.5 for 26.3.3, which Maven Central lacks. */
export const KEYCLOAK_VERSIONS: readonly string[] = process.env.KPAAS_TEST_KEYCLOAK?.split(",") ?? ["25.0.6", "26.3.5", "26.7.4"];

/** The folder of a distribution. Where it or Java is missing, the tests are skipped and say so; called in a `before` hook. */
export function keycloakForTests(this: Mocha.Context, version: string): string {
  programForTests.call(this, "java", "install a JRE of Java 17 or 21 (Debian's openjdk-17-jre-headless)");
  const home = join(dirname(engineCache()), "keycloak", version);
  programForTests.call(this, "kc.sh", `\`dev/keycloak.sh ${version}\` gets it from Maven Central`, [join(home, "bin")]);
  return home;
}

/** The folder of the keycloak provider's real plugin; as {@link keycloakForTests} where it is missing. */
export function keycloakPluginForTests(this: Mocha.Context): string {
  const folder = join(dirname(engineCache()), "keycloak", "provider-6.13.0");
  const how = "`dev/keycloak.sh provider PULUMI_KEYCLOAK TERRAFORM_PROVIDER_KEYCLOAK` builds it of clones of both projects";
  programForTests.call(this, "pulumi-resource-keycloak", how, [folder]);
  return folder;
}

/** What a pod of Keycloak's is made from: what our component gives the cluster. */
export interface KeycloakObjects {
  readonly pod: Bag;
  /** What is in Secrets and ConfigMaps, by name and key. */
  readonly data: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Where one listens. */
export interface KeycloakPorts {
  readonly http: number;
  readonly https: number;
  readonly management: number;
  /** Of its cache; signs of life are told 50,000 above. */
  readonly cache: number;
}

/**
 * A pod of ours with the real program: the same commands, files, variables and probes, in a folder of its own, with ports of its own on 127.0.0.1.
 * As root it runs by the image's user, for whom the image's files are there to read and the volumes to write.
 */
export class KeycloakPod {
  /** What the containers printed. */
  log = "";
  private running: ChildProcess | undefined;

  /** @param distribution of a version, unpacked */
  constructor(
    private readonly distribution: string,
    private readonly folder: string,
    readonly ports: KeycloakPorts,
    private readonly objects: KeycloakObjects,
  ) {}

  /** Runs the containers one after the other, and waits until the probes are content. */
  async start(): Promise<void> {
    this.layOut();
    const { initContainers, containers } = this.objects.pod as { initContainers: Bag[]; containers: Bag[] };
    for (const container of initContainers) {
      const code = await new Promise((ended, failed) => this.run(container).once("close", ended).once("error", failed));
      if (code !== 0) throw new Error(`the container ${String(container.name)} ended with ${String(code)}:\n${this.log}`);
    }
    const [server] = containers;
    const running = this.run(server ?? {});
    for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"]) {
      const isContent = () =>
        this.probe(probe).then(
          ({ status }) => status === 200,
          () => false,
        );
      for (let tries = 0; !(await isContent()); tries++) {
        if (tries > 900 || running.exitCode !== null) throw new Error(`Keycloak's ${probe} fails:\n${this.log}`);
        await pause(500);
      }
    }
  }

  /** What a probe of the pod is answered. */
  async probe(name: string): Promise<HttpsAnswer> {
    const { path, port, scheme } = at(this.objects.pod, "containers", 0, name, "httpGet") as Record<string, string>;
    const { management } = this.ports;
    if (port !== "management" || scheme !== "HTTPS") throw new Error(`${name} is for another port`);
    return await httpsCall(`https://127.0.0.1:${management}${path}`, { ca: this.data("keycloak-ca", "ca.crt") });
  }

  /** What stands in a Secret or ConfigMap. */
  data(name: string, key: string): string {
    const found = this.objects.data[name]?.[key];
    if (found === undefined) throw new Error(`there is no ${key} in ${name}`);
    return found;
  }

  /** Runs a program of the image in the pod, as `kubectl exec` does, and gives what it prints. */
  exec(program: string, args: readonly string[]): string {
    const [server] = this.objects.pod.containers as Bag[];
    // Where the image's user is at home.
    const env = { ...this.environment(server ?? {}), KC_OPTS: `-Duser.home=${this.mapped(IMAGE_HOME)}` };
    const words = args.map((word) => word.replace(/^\/tmp\//, `${join(this.folder, "volumes", "tmp")}/`));
    return execFileSync(this.mapped(`${IMAGE_HOME}/bin/${program}`), words, {
      ...{ env, ...this.user, cwd: "/" },
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<void> {
    const { running } = this;
    if (running?.pid === undefined || running.exitCode !== null || running.signalCode !== null) return;
    const ended = new Promise((resolve) => running.once("close", resolve));
    process.kill(-running.pid, signal);
    await ended;
  }

  private get user(): { uid?: number; gid?: number } {
    return process.getuid?.() === 0 ? { uid: IMAGE_USER, gid: IMAGE_USER } : {};
  }

  /** The image and the volumes. Of the image only what a volume lies over is another's to write. */
  private layOut(): void {
    const { folder, objects } = this;
    const home = join(folder, "image", IMAGE_HOME);
    mkdirSync(dirname(home), { recursive: true });
    cpSync(this.distribution, home, { recursive: true });
    const containers = [...(objects.pod.initContainers as Bag[]), ...(objects.pod.containers as Bag[])];
    for (const volume of objects.pod.volumes as Bag[]) {
      const place = join(folder, "volumes", String(volume.name));
      mkdirSync(place, { recursive: true });
      const from = String(at(volume, "secret", "secretName") ?? at(volume, "configMap", "name") ?? "");
      for (const [name, text] of Object.entries(objects.data[from] ?? {})) {
        writeFileSync(join(place, name), text, { mode: 0o440 });
        if (this.user.uid !== undefined) chownSync(join(place, name), 0, IMAGE_USER);
      }
      if (volume.emptyDir && this.user.uid !== undefined) chownSync(place, IMAGE_USER, IMAGE_USER);
    }
    for (const { name, volumeMounts } of containers)
      for (const { name: volume, mountPath } of (volumeMounts ?? []) as { name: string; mountPath: string }[]) {
        // The first container copies what the image has at a place that later ones have a volume at.
        if (name === "copy" || mountPath === "/tmp") continue;
        const place = this.mapped(mountPath);
        if (existsSync(place) && lstatSync(place).isSymbolicLink()) continue;
        mkdirSync(dirname(place), { recursive: true });
        rmSync(place, { recursive: true, force: true });
        symlinkSync(join(folder, "volumes", volume), place);
      }
  }

  private run(container: Bag): ChildProcess {
    const { command = [`${IMAGE_HOME}/bin/kc.sh`], args = [] } = container as { command?: string[]; args?: string[] };
    // What the image has there is the distribution's, as nothing is laid over it yet.
    const source = (word: string) => (container.name === "copy" ? word.replace(IMAGE_HOME, this.distribution) : word);
    const mapped = (word: string) => (word === "/build" ? join(this.folder, "volumes", "build") : this.mapped(source(word)));
    const [program = "", ...words] = [...command, ...args].map(mapped);
    const user = container.name === "copy" ? {} : this.user;
    const child = spawn(program, words, { env: this.environment(container), detached: true, stdio: ["ignore", "pipe", "pipe"], ...user });
    this.running = child;
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.log += text;
      });
    if (container.name === "copy" && this.user.uid !== undefined)
      child.once("exit", () => execFileSync("chown", ["-R", `${IMAGE_USER}:${IMAGE_USER}`, join(this.folder, "volumes", "build")]));
    return child;
  }

  /** The container's variables, and where on this machine it listens. */
  private environment({ env = [] }: Bag): NodeJS.ProcessEnv {
    const { http, https, management, cache } = this.ports;
    const given = (env as { name: string; value?: string; valueFrom?: Bag }[]).map(({ name, value, valueFrom }) => [
      name,
      value === undefined
        ? this.data(String(at(valueFrom, "secretKeyRef", "name")), String(at(valueFrom, "secretKeyRef", "key")))
        : this.mapped(value),
    ]);
    const here = {
      KC_HTTP_HOST: "127.0.0.1",
      KC_HTTP_PORT: String(http),
      KC_HTTPS_PORT: String(https),
      KC_HTTP_MANAGEMENT_PORT: String(management),
    };
    const cluster = `-Djgroups.bind.address=127.0.0.1 -Djgroups.bind.port=${cache}`;
    const java = [Object.fromEntries(given).JAVA_OPTS_APPEND, cluster].filter(Boolean).join(" ");
    return { PATH: process.env.PATH, ...Object.fromEntries(given), ...here, JAVA_OPTS_APPEND: java };
  }

  private mapped(text: string): string {
    return FOLDERS.reduce(
      (done, folder) => done.replace(new RegExp(`(^|[=&?])${folder}(?=/|$|&)`, "g"), `$1${join(this.folder, "image")}${folder}`),
      text,
    );
  }
}
