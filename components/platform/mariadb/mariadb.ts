import type { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { all, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { accountOf } from "../database/accounts";
import type { Passwords } from "../database/args";
import { DatabaseService } from "../database/database";
import { type Ending, FormerAccounts } from "../database/former-accounts";
import { tablesSql } from "../database/statements";
import type { DatabaseAccess } from "../grants";
import { contentHash, secretHash, selectorLabels } from "../objects";
import type { MariaDbArgs, SchemaSpec } from "./args";
import { accountsSql, clientSettings, endFormerSql } from "./sql";
import { ACCOUNTS_FILE, FORMER_JOB, NAMES, PORT, ROOT_PASSWORD, SCHEMAS_JOB, SERVER_CONFIG, serverPod } from "./workload";

const SERVER = "mariadb";

/**
 * One MariaDB server with a schema and an account for each consumer. It listens inside the cluster only, root logs in
 * on its own socket only, and every password is generated. The server itself makes the accounts when it starts, so it
 * starts anew when they change.
 */
export class MariaDb extends DatabaseService {
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
  private readonly ending: Ending | undefined;

  constructor(name: string, given: MariaDbArgs, opts?: ComponentResourceOptions) {
    const wanted = planned("mariadb", given);
    super(serviceType("MariaDb"), name, wanted, opts);
    const args = { ...wanted, schemas: this.rotated(wanted.schemas) };
    const { plan } = args;
    if (plan.replicas !== 1)
      throw new Error(`platform.services.mariadb.replicas is ${plan.replicas}; MariaDB runs as one server here: make it 1.`);
    this.host = `${NAMES.server}.${plan.namespace}.svc`;
    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    this.allowClients(selectorLabels(SERVER), PORT, NAMES, args.clients);

    this.rootPassword = this.rotatedPassword("root-password");
    this.credentials = { user: "root", password: this.rootPassword, where: `${this.host}:${this.port}` };
    const passwords = this.accountPasswords(args.schemas);
    const server = this.createServer(args, passwords);
    this.schemas = this.createTables(args, passwords, server);
    this.ending = this.hasFormer(args.schemas) ? this.endingOf(args.schemas, passwords) : undefined;
    this.databases = Object.fromEntries(
      Object.entries(args.schemas).map(([consumer, spec]) => [
        consumer,
        { host: this.host, port: PORT, database: spec.schema, user: accountOf(spec), password: passwords[spec.user]! },
      ]),
    );
    this.registerOutputs({ host: this.host, port: this.port, rootPassword: this.rootPassword });
  }

  /** Ends the accounts that a rotation has given successors, once all who had them are there (`args.after`). Without a rotation there are none. */
  endFormer(name: string, args: PlannedArgs, opts: ComponentResourceOptions): void {
    if (this.ending !== undefined) new FormerAccounts(name, { ...args, ...this.ending }, opts);
  }

  private endingOf(schemas: Readonly<Record<string, SchemaSpec>>, passwords: Passwords): Ending {
    const files = all(passwords).apply((known) =>
      Object.fromEntries(
        Object.values(schemas).flatMap((spec) => [
          [`${spec.schema}.cnf`, clientSettings(spec, known, NAMES.server, PORT)],
          [`${spec.schema}.sql`, endFormerSql(spec)],
        ]),
      ),
    );
    return { job: FORMER_JOB, files };
  }

  private createServer(args: PlannedArgs<MariaDbArgs>, passwords: Passwords): StatefulSet {
    const { plan, schemas } = args;
    const access = this.secret("secret", NAMES.secret, SERVER, { [ROOT_PASSWORD]: this.rootPassword });
    const accounts = all([all(passwords), this.rootPassword]).apply(([known, root]) =>
      accountsSql(Object.values(schemas), known, plan.rotation === undefined ? undefined : root),
    );
    const init = this.secret("init", NAMES.init, SERVER, { [ACCOUNTS_FILE]: accounts });
    const config = new ConfigMap(
      this.childName("config"),
      { metadata: this.metadata(NAMES.config, SERVER), data: { "kpaas.cnf": SERVER_CONFIG } },
      this.inCluster(),
    );
    const data = this.dataClaim(NAMES.data, SERVER, 10, args);
    this.statefulServices(
      SERVER,
      { service: NAMES.server, headless: NAMES.headless },
      { name: "mariadb", port: PORT, targetPort: "mariadb" },
    );
    const pod = serverPod(plan, this.serviceAccount("account", SERVER));
    const annotations = { "kpaas/config": contentHash(SERVER_CONFIG), "kpaas/accounts": secretHash(accounts) };
    return this.singleServer(SERVER, NAMES.headless, annotations, pod, [access, init, config, data]);
  }

  private createTables({ schemas }: PlannedArgs<MariaDbArgs>, passwords: Passwords, server: Resource): Resource {
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
    return this.runStatements(SCHEMAS_JOB, files, [server]);
  }
}
