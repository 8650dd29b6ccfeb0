import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, request, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Provider } from "@pulumi/kubernetes/provider";
import { all, type Input, type Output, output, type ResourceTransformArgs } from "@pulumi/pulumi";
import { LocalWorkspace, PulumiCommand, type Stack } from "@pulumi/pulumi/automation";
import { RandomId } from "@pulumi/random/randomId";
import type { KeycloakArgs } from "../../components/platform/keycloak/args";
import { Keycloak } from "../../components/platform/keycloak/keycloak";
import { accountsSql } from "../../components/platform/mariadb/sql";
import { singleServerConfig } from "../../components/platform/mariadb/workload";
import { REALM_USERS } from "../../components/platform/portal/schema";
import type { Engine } from "../../engine/locate";
import { PROJECT, prepareSandbox, sandboxEnvironment } from "../../engine/sandbox";
import { removeFolder } from "../../host/files";
import type { ServicePlan } from "../../model/plan/types";
import type { Bag } from "../../testing/mocks";
import { route } from "../components/platform/builds";
import { at, servicePlan } from "../components/platform/fixtures";
import { clusterFile, kubeconfig } from "../sandbox/kubernetes/world";
import { type KeycloakObjects, KeycloakPod } from "./keycloak";
import { MariaDbServer } from "./mariadb";
import { freePorts, makeCertificates } from "./real-server";

/** What a Keycloak of the tests is made from. */
export interface KeycloakParts {
  readonly engine: Engine;
  /** The folder of a distribution, and its version. */
  readonly distribution: string;
  readonly version: string;
  /** The folder of the real plugin of its provider. */
  readonly plugin: string;
  readonly mariaDb: ConstructorParameters<typeof MariaDbServer>[0];
}

/** What differs from one `up` to the next. */
export interface KeycloakWishes {
  readonly plan?: Partial<ServicePlan>;
  readonly args?: Partial<KeycloakArgs>;
}

/**
 * Our component's Keycloak for real: its objects are put into the sandbox's Kubernetes by the real engine, its pods run on this machine with
 * what these objects say, on a real MariaDB, and what is in the realm is put there by the provider's real plugin. An ingress is played, with
 * the paths that ours has.
 */
export class KeycloakStack {
  readonly folder = mkdtempSync(join(tmpdir(), "kpaas-keycloak-"));
  private readonly database: MariaDbServer;
  /** Those that run. */
  pods: KeycloakPod[] = [];
  private stack: Stack | undefined;
  private ingress: Server | undefined;
  private objects: KeycloakObjects | undefined;
  private paths: readonly string[] = [];
  private databasePort = 0;
  private ingressPort = 0;

  constructor(private readonly parts: KeycloakParts) {
    // The pods run by another user.
    chmodSync(this.folder, 0o711);
    this.database = new MariaDbServer(parts.mariaDb, mkdtempSync(join(tmpdir(), "kpaas-keycloak-db-")));
    makeCertificates(this.at("database"));
    makeCertificates(this.at("ingress"));
  }

  /** Its base URL as users know it. */
  get url(): string {
    return `https://localhost:${this.ingressPort}`;
  }

  get issuer(): string {
    return `${this.url}/realms/cp-realm`;
  }

  /** What signed the certificate that users are shown. PEM. */
  get ca(): string {
    return readFileSync(this.at("ingress", "ca.crt"), "utf8");
  }

  /** The file with it. */
  get caFile(): string {
    return this.at("ingress", "ca.crt");
  }

  at(...path: string[]): string {
    return join(this.folder, ...path);
  }

  async start(): Promise<void> {
    [this.databasePort = 0, this.ingressPort = 0] = await freePorts(2);
    await this.startDatabase();
    this.ingress = createServer(
      { cert: readFileSync(this.at("ingress", "tls.crt")), key: readFileSync(this.at("ingress", "tls.key")) },
      (asked, answer) => this.handOn(asked, answer),
    );
    await new Promise<void>((listening) => this.ingress?.listen(this.ingressPort, "localhost", listening));
  }

  /** Starts the database as MariaDB's component does, with Keycloak's account and the portal's. */
  private async startDatabase(): Promise<void> {
    const schemas = [
      { schema: "keycloak", user: "keycloak" },
      { schema: "cp", user: "portal", reads: [{ schema: "keycloak", ...REALM_USERS }] },
    ];
    const config = singleServerConfig(this.at("database"));
    await this.database.start(accountsSql(schemas, { keycloak: "one", portal: "two" }, { tls: true }), { port: this.databasePort, config });
  }

  /** What the engine does to bring it to what is wished: how many resources it created, changed and so on. */
  async up({ plan = {}, args = {} }: KeycloakWishes = {}): Promise<Record<string, number>> {
    const { summary } = await (await this.prepared(this.program(plan, args))).up();
    return summary.resourceChanges ?? {};
  }

  /** What the engine finds to be otherwise than it had put it there. */
  async refresh(): Promise<Record<string, number>> {
    const { summary } = await this.stack!.refresh();
    return summary.resourceChanges ?? {};
  }

  async outputs(): Promise<Bag> {
    return Object.fromEntries(Object.entries(await this.stack!.outputs()).map(([name, { value }]) => [name, value]));
  }

  /** Runs statements in its database, as root or somebody else: what they print, or the refusal. */
  query(sql: string, account?: { readonly user: string; readonly password: string }): string {
    return this.database.query(sql, account);
  }

  /** Ends the pods and starts others in their place, from the same database. @param between what is done while none runs */
  async restart(signal: NodeJS.Signals, between: () => void = () => undefined): Promise<void> {
    const count = this.pods.length;
    for (const pod of this.pods.splice(0)) await pod.stop(signal);
    between();
    while (this.pods.length < count) await this.startPod();
  }

  async stop(): Promise<void> {
    for (const pod of this.pods) await pod.stop("SIGKILL");
    this.ingress?.closeAllConnections();
    this.ingress?.close();
    await this.database.dispose();
    removeFolder(this.folder);
  }

  private program(plan: Partial<ServicePlan>, args: Partial<KeycloakArgs>) {
    return async () => {
      const seen: { kind: string; props: Bag }[] = [];
      let settle = (_url: Promise<string>): void => undefined;
      const served = new Promise<string>((told) => {
        settle = told;
      });
      const cluster = new RandomId("cluster", { byteLength: 2 });
      const kubernetes = new Provider("kubernetes", { kubeconfig: kubeconfig() });
      const look = ({ type, props }: ResourceTransformArgs): undefined => {
        const kind = /^kubernetes:.*:(StatefulSet|Secret|ConfigMap|Ingress)$/.exec(type)?.[1];
        if (kind !== undefined) seen.push({ kind, props: props as Bag });
        return undefined;
      };
      const { version } = this.parts;
      const host = `localhost:${this.ingressPort}`;
      const made = new Keycloak(
        "sso",
        {
          cluster,
          labels: {},
          plan: servicePlan("keycloak", { version, host, managedAt: undefined as never, ...plan }),
          database: {
            ...{ host: "localhost", port: this.databasePort, database: "keycloak", user: "keycloak", password: "one" },
            ca: output(readFileSync(this.at("database", "ca.crt"), "utf8")),
          },
          ingress: route,
          applications: ["https://portal.seoul.example.org"],
          domain: "seoul.example.org",
          managedAt: output(served),
          ...args,
        },
        { providers: [kubernetes], transformations: [(given) => look(given as unknown as ResourceTransformArgs)] },
      );
      all(seen.map(({ kind, props }) => output(props as Input<Bag>).apply((known) => ({ kind, props: known as Bag })))).apply((objects) =>
        settle(this.run(objects)),
      );
      const { administrator, portalAdministrator, realm, access } = made;
      const clients = Object.fromEntries(Object.entries(access).map(([name, { clientSecret }]) => [name, clientSecret as Output<string>]));
      return {
        ...{ administrator: administrator.user, administratorPassword: administrator.password, clientSecret: realm.clientSecret },
        ...{ portalPassword: portalAdministrator.password, ca: made.ca, clients },
      };
    };
  }

  /** Has the pods be as the objects say: those that differ are ended, and others started. */
  private async run(seen: readonly { kind: string; props: Bag }[]): Promise<string> {
    const set = seen.find(({ kind }) => kind === "StatefulSet")?.props ?? {};
    const data = seen
      .filter(({ kind }) => kind === "Secret" || kind === "ConfigMap")
      .map(({ props }) => [String(at(props, "metadata", "name")), (props.stringData ?? props.data) as Record<string, string>]);
    const objects: KeycloakObjects = { pod: at(set, "spec", "template", "spec") as Bag, data: Object.fromEntries(data) };
    const ingress = seen.find(({ kind }) => kind === "Ingress")?.props;
    this.paths = (at(ingress, "spec", "rules", 0, "http", "paths") as { path: string }[]).map(({ path }) => path);
    const replicas = Number(at(set, "spec", "replicas"));
    const isSame = JSON.stringify(this.objects) === JSON.stringify(objects);
    if (!isSame) for (const pod of this.pods.splice(0)) await pod.stop();
    this.objects = objects;
    for (const pod of this.pods.splice(replicas)) await pod.stop();
    while (this.pods.length < replicas) await this.startPod();
    return `https://127.0.0.1:${this.pods[0]?.ports.https}`;
  }

  /** Starts one more, as a StatefulSet does. */
  private async startPod(): Promise<void> {
    const [http = 0, https = 0, management = 0] = await freePorts(3);
    const folder = mkdtempSync(this.at("pod-"));
    chmodSync(folder, 0o711);
    const ports = { http, https, management, cache: 7800 + this.pods.length };
    const pod = new KeycloakPod(this.parts.distribution, folder, ports, this.objects!);
    this.pods.push(pod);
    await pod.start();
  }

  private async prepared(program: () => Promise<Bag>): Promise<Stack> {
    const root = this.at("project");
    mkdirSync(root, { recursive: true });
    const folders = prepareSandbox(root, "keycloak");
    writeFileSync(join(folders.world, "cluster.json"), JSON.stringify(clusterFile()));
    const { plugin } = this.parts;
    const launcher = join(folders.project, "plugins", "keycloak", "pulumi-resource-keycloak");
    writeFileSync(launcher, `#!/bin/sh\nexec '${join(plugin, "pulumi-resource-keycloak")}' "$@"\n`, { mode: 0o755 });
    const env = Object.fromEntries(
      Object.entries(sandboxEnvironment(folders)).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    );
    const pulumiCommand = await PulumiCommand.get({ root: this.parts.engine.root });
    this.stack = await LocalWorkspace.createOrSelectStack(
      { stackName: "keycloak", projectName: PROJECT, program },
      { workDir: folders.project, pulumiCommand, envVars: env },
    );
    return this.stack;
  }

  /** What the ingress does with what it leads in: over TLS that it verifies, with who has asked for which host. */
  private handOn(asked: IncomingMessage, answer: ServerResponse): void {
    const path = asked.url ?? "/";
    const [pod] = this.pods;
    if (pod === undefined || !this.paths.some((each) => path === each || path.startsWith(`${each.replace(/\/$/, "")}/`))) {
      answer.writeHead(404).end("nothing is served there");
      return;
    }
    const host = asked.headers.host ?? "";
    const headers = {
      ...asked.headers,
      ...{ "x-forwarded-for": "127.0.0.1", "x-forwarded-host": host, "x-forwarded-proto": "https" },
      "x-forwarded-port": String(this.ingressPort),
    };
    const on = request(
      {
        host: "127.0.0.1",
        port: pod.ports.https,
        path,
        method: asked.method,
        headers,
        ca: pod.data("keycloak-ca", "ca.crt"),
        servername: "keycloak.keycloak.svc",
      },
      (said) => {
        answer.writeHead(said.statusCode ?? 502, said.headers);
        said.pipe(answer);
      },
    );
    on.on("error", (error) => answer.writeHead(502).end(error.message));
    asked.pipe(on);
  }
}
