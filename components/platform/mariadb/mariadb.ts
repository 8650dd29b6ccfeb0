import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import { all, type ComponentResourceOptions, interpolate, jsonStringify, type Output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { generatedPassword } from "../generated-password";
import type { DatabaseAccess } from "../grants";
import { claimSpec, contentHash, fromNamespace, secretHash, selectorLabels } from "../objects";
import { PlatformService } from "../service";
import type { MariaDbArgs } from "./args";
import { accountsSql, clientSettings, tablesSql } from "./sql";
import { ACCOUNTS_FILE, NAMES, PORT, ROOT_PASSWORD, SERVER_CONFIG, schemaJob, serverPod } from "./workload";

const SERVER = "mariadb";
const JOB = "mariadb-schemas";

/** Passwords by account; secret. */
type Passwords = Readonly<Record<string, Output<string>>>;

/**
 * One MariaDB server with a schema and an account for each consumer. It listens inside the cluster only, root logs in
 * on its own socket only, and every password is generated. The server itself makes the accounts when it starts, so it
 * starts anew when they change.
 */
export class MariaDb extends PlatformService {
  /** The server's address in the cluster. */
  readonly host: string;
  readonly port = PORT;
  /** Secret: password of `root`, for use on the server itself. */
  readonly rootPassword: Output<string>;
  /** How root logs in, on the server itself. */
  readonly credentials: Credentials;
  /** By consumer. A schema, its account and its tables are there once {@link schemas} is. */
  readonly databases: Readonly<Record<string, DatabaseAccess>>;
  /** What makes the last of them: the tables, or the server where nobody asks for tables. Consumers depend on it. */
  readonly schemas: Resource;

  constructor(name: string, given: MariaDbArgs, opts?: ComponentResourceOptions) {
    const args = planned("mariadb", given);
    super(serviceType("MariaDb"), name, args, opts);
    const { plan } = args;
    if (plan.replicas !== 1)
      throw new Error(`platform.services.mariadb.replicas is ${plan.replicas}; MariaDB runs as one server here: make it 1.`);
    this.host = `${NAMES.server}.${plan.namespace}.svc`;
    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    this.allowIngress(
      "allow-clients",
      selectorLabels(SERVER),
      [PORT],
      [{ podSelector: { matchLabels: { ...selectorLabels(JOB) } } }, ...args.clients.map(fromNamespace)],
    );

    this.rootPassword = generatedPassword(this.childName(`${"root"}-password`), this);
    this.credentials = { user: "root", password: this.rootPassword, where: `${this.host}:${this.port}` };
    const passwords = Object.fromEntries(
      [...new Set(Object.values(args.schemas).map(({ user }) => user))].map((user) => [
        user,
        generatedPassword(this.childName(`${user}-password`), this),
      ]),
    );
    const server = this.createServer(args, passwords);
    this.schemas = this.createTables(args, passwords, server);
    this.databases = Object.fromEntries(
      Object.entries(args.schemas).map(([consumer, { schema, user }]) => [
        consumer,
        { host: this.host, port: PORT, database: schema, user, password: passwords[user]! },
      ]),
    );
    this.registerOutputs({ host: this.host, port: this.port, rootPassword: this.rootPassword });
  }

  private createServer(
    { plan, storageClass, protectData, retainData, schemas }: PlannedArgs<MariaDbArgs>,
    passwords: Passwords,
  ): StatefulSet {
    const access = this.secret("secret", NAMES.secret, SERVER, { [ROOT_PASSWORD]: this.rootPassword });
    const accounts = all(passwords).apply((known) => accountsSql(Object.values(schemas), known));
    const init = this.secret("init", NAMES.init, SERVER, { [ACCOUNTS_FILE]: accounts });
    const config = new ConfigMap(
      this.childName("config"),
      { metadata: this.metadata(NAMES.config, SERVER), data: { "kpaas.cnf": SERVER_CONFIG } },
      this.inCluster(),
    );
    const data = new PersistentVolumeClaim(
      this.childName("data"),
      {
        metadata: this.metadata(NAMES.data, SERVER),
        spec: claimSpec(storageClass, plan.sizeGiB ?? 10),
      },
      this.deletedFirst({ protect: protectData || this.protectsData, ...(retainData ? { retainOnDelete: true } : {}) }),
    );
    const selector = selectorLabels(SERVER);
    this.statefulServices(
      SERVER,
      { service: NAMES.server, headless: NAMES.headless },
      { name: "mariadb", port: PORT, targetPort: "mariadb" },
    );
    const serviceAccount = this.serviceAccount("account", SERVER);
    return new StatefulSet(
      this.childName("server"),
      {
        metadata: this.metadata(SERVER, SERVER),
        spec: {
          replicas: 1,
          serviceName: NAMES.headless,
          selector: { matchLabels: { ...selector } },
          // The server reads its settings and makes its accounts at start: others, another pod.
          template: {
            metadata: {
              labels: this.podLabels(SERVER),
              annotations: { "kpaas/config": contentHash(SERVER_CONFIG), "kpaas/accounts": secretHash(accounts) },
            },
            spec: serverPod(plan, serviceAccount),
          },
        },
      },
      // A claim goes when no pod holds it any more, so its pod goes first too.
      this.deletedFirst({ dependsOn: [access, init, config, data] }),
    );
  }

  private createTables({ plan, schemas }: PlannedArgs<MariaDbArgs>, passwords: Passwords, server: Resource): Resource {
    const wanted = Object.values(schemas).filter(({ tables = [] }) => tables.length > 0);
    if (wanted.length === 0) return server;
    const files = all(passwords).apply((known) =>
      Object.fromEntries(
        wanted.flatMap((spec) => [
          [`${spec.schema}.cnf`, clientSettings(spec, known, NAMES.server, PORT)],
          [`${spec.schema}.sql`, tablesSql(spec.tables ?? [])],
        ]),
      ),
    );
    const stored = this.secret("sql", NAMES.schemas, JOB, files);
    // A job cannot be changed, so what it is and what it runs are in its name: any change makes another one.
    const spec = schemaJob(plan, this.serviceAccount("schemas-account", JOB), this.podLabels(JOB));
    const name = interpolate`${JOB}-${secretHash(jsonStringify(files), JSON.stringify(spec))}`;
    return new Job(
      this.childName("schemas"),
      { metadata: this.metadata(name, JOB), spec },
      this.inCluster({ dependsOn: [server, stored] }),
    );
  }
}
