import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { all, type ComponentResourceOptions, type Input, type Output, output, type Resource, secret } from "@pulumi/pulumi";
import { volumesAnnotation } from "../../../model/kubernetes-names";
import { apiPort } from "../../../model/plan/api-endpoint";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { type CertificatePair, certificateAuthority, serviceCertificate, trustOf } from "../certificates";
import { accountOf } from "../database/accounts";
import type { Passwords } from "../database/args";
import { DatabaseService } from "../database/database";
import { type Ending, FormerAccounts } from "../database/former-accounts";
import { tablesSql } from "../database/statements";
import type { PostgresAccess } from "../grants";
import { contentHash, fromNamespace, imageOf, secretHash, selectorLabels } from "../objects";
import type { DatabaseSpec, PostgreSqlArgs } from "./args";
import { API_VERSION, accountObject, clusterSpec, databaseSpec, MEMBER_LABELS, STATUS_PORT } from "./cluster";
import { ACCOUNTS_FILE, DEFAULT_GIB, NAMES, PORT, SUPERUSER, SUPERUSER_FILE, serverFiles } from "./config";
import { EXPORTER, EXPORTER_ACCOUNT, exporterSettings } from "./exporter";
import { accountsSql, actAsOwnerSql, clientSettings, closedSql, endFormerSql } from "./sql";
import { FORMER_JOB, SCHEMAS_JOB, serverPod } from "./workload";

const SERVER = "postgresql";

/**
 * PostgreSQL with a database and an account that owns it for each consumer. Whoever connects speaks TLS, from the pod network, to the one
 * database that is theirs; the superuser is met inside the server's pod only, and every password is generated. One server makes its accounts
 * before it takes connections, so it starts anew when they change; several are run by an operator, which keeps accounts and databases too.
 */
export class PostgreSql extends DatabaseService {
  /** The server's address in the cluster: of the member that leads, where there are several. */
  readonly host: string;
  readonly port = PORT;
  /** How the superuser logs in, in the server's pod; undefined with several members, where it needs no password there. */
  readonly credentials?: Credentials;
  /** What its clients trust. PEM. */
  readonly ca: Output<string>;
  /** By consumer. A database, its account and its tables are there once {@link schemas} is. */
  readonly databases: Readonly<Record<string, PostgresAccess>>;
  /** What makes the last of them. Consumers depend on it. */
  readonly schemas: Resource;
  private readonly ending: Ending | undefined;

  /** @throws Error for several members without an operator, or an even number of them */
  constructor(name: string, given: PostgreSqlArgs, opts?: ComponentResourceOptions) {
    const wanted = planned("postgresql", given);
    super(serviceType("PostgreSql"), name, wanted, opts);
    const several = wanted.plan.replicas > 1;
    // Several members say themselves what they count.
    const measured = several || wanted.scrapedFrom === undefined ? {} : { [EXPORTER_ACCOUNT.user]: EXPORTER_ACCOUNT };
    const args = { ...wanted, databases: this.rotated({ ...wanted.databases, ...measured }) };
    const { plan } = args;
    this.host = `${NAMES.server}.${plan.namespace}.svc`;
    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    this.allowClients(
      several ? MEMBER_LABELS : selectorLabels(SERVER),
      PORT,
      { schemas: NAMES.schemas, former: NAMES.former },
      args.clients,
    );

    const passwords = this.accountPasswords(args.databases);
    const authority = args.authority ?? certificateAuthority(this.childName("tls"), SERVER, this);
    this.ca = trustOf(authority);
    const services = several ? [NAMES.server, `${NAMES.server}-rw`] : [NAMES.server];
    const certificate = serviceCertificate(this.childName("tls"), { services, namespace: plan.namespace }, authority, this);
    if (several) {
      this.schemas = this.createTables(args, passwords, this.createCluster(args, passwords, certificate));
    } else {
      const password = this.rotatedPassword(`${SUPERUSER}-password`);
      this.credentials = { user: SUPERUSER, password, where: `${this.host}:${this.port}` };
      const server = this.createServer(args, passwords, password, certificate);
      this.schemas = this.createTables(args, passwords, [server]);
      if (args.scrapedFrom !== undefined) {
        const user = accountOf(args.databases[EXPORTER_ACCOUNT.user] ?? EXPORTER_ACCOUNT);
        const settings = output(passwords[EXPORTER_ACCOUNT.user]!).apply((known) =>
          exporterSettings({ user, password: known, host: this.host, port: PORT }),
        );
        this.createExporter(EXPORTER, authority, { selector: selectorLabels(SERVER), port: PORT, settings, after: [server] });
      }
    }
    this.ending = this.hasFormer(args.databases) ? { job: FORMER_JOB, files: this.files(args, passwords, endFormerSql) } : undefined;
    this.databases = Object.fromEntries(
      Object.entries(args.databases).map(([consumer, spec]) => [
        consumer,
        { host: this.host, port: PORT, database: spec.database, user: accountOf(spec), password: passwords[spec.user]!, ca: this.ca },
      ]),
    );
    this.registerOutputs({ host: this.host, port: this.port, ca: this.ca });
  }

  /** Ends the accounts that a rotation has given successors, once all who had them are there (`args.after`). Without a rotation there are none. */
  endFormer(name: string, args: PlannedArgs, opts: ComponentResourceOptions): FormerAccounts | undefined {
    return this.ending && new FormerAccounts(name, { ...args, ...this.ending }, opts);
  }

  /** Members, accounts and databases by the operator's objects. */
  private createCluster(args: PlannedArgs<PostgreSqlArgs>, passwords: Passwords, certificate: CertificatePair): Resource[] {
    const { plan, operator, protectData, retainData } = args;
    if (operator === undefined)
      throw new Error(`platform.services.postgresql.replicas is ${plan.replicas}; give its operator, or make it 1.`);
    if (plan.replicas % 2 === 0) throw new Error(`platform.services.postgresql.replicas is ${plan.replicas}; make it 1, 3 or 5.`);
    const members = { podSelector: { matchLabels: { ...MEMBER_LABELS } } };
    this.allowIngress("allow-members", MEMBER_LABELS, [PORT, STATUS_PORT], [members, fromNamespace(operator.namespace)]);
    // Members tell the API who leads. By port alone: what stands behind its Service are machines.
    this.allowEgress("allow-api", MEMBER_LABELS, [443, apiPort]);
    const specs = Object.values(args.databases);
    const read = [
      this.reloaded(
        "tls",
        NAMES.tls,
        { "tls.crt": certificate.certificate, "tls.key": certificate.key, "ca.crt": this.ca },
        "kubernetes.io/tls",
      ),
      ...Object.entries(passwords).map(([user, password]) => {
        const username = accountOf({ user, ...(plan.rotation === undefined ? {} : { rotation: plan.rotation }) });
        return this.reloaded(`${username}-account`, accountObject(username), { username, password }, "kubernetes.io/basic-auth");
      }),
    ];
    const cluster = new CustomResource(
      this.childName("cluster"),
      {
        apiVersion: API_VERSION,
        kind: "Cluster",
        metadata: this.metadata(NAMES.server, SERVER, {
          annotations: { [volumesAnnotation]: `${plan.replicas} × ${plan.sizeGiB ?? DEFAULT_GIB}Gi` },
        }),
        spec: clusterSpec(args, imageOf(plan, "server")),
      },
      // Its volumes go with it.
      this.deletedFirst({ dependsOn: read, protect: protectData || this.protectsData, ...(retainData ? { retainOnDelete: true } : {}) }),
    );
    const databases = specs.map(
      (spec) =>
        new CustomResource(
          this.childName(`${spec.user}-database`),
          {
            apiVersion: API_VERSION,
            kind: "Database",
            metadata: this.metadata(accountObject(spec.user), SERVER),
            spec: databaseSpec(spec),
          },
          this.inCluster({ dependsOn: [cluster] }),
        ),
    );
    return [cluster, ...databases];
  }

  /** A Secret that members read anew when it changes. */
  private reloaded(role: string, name: string, data: Record<string, Input<string>>, type: string): Secret {
    const metadata = this.metadata(name, SERVER);
    return new Secret(
      this.childName(role),
      { metadata: { ...metadata, labels: { ...metadata.labels, "cnpg.io/reload": "true" } }, stringData: secret(data), type },
      this.inCluster(),
    );
  }

  private createServer(
    args: PlannedArgs<PostgreSqlArgs>,
    passwords: Passwords,
    superuserPassword: Output<string>,
    { certificate, key }: CertificatePair,
  ): StatefulSet {
    const { plan, podCidr } = args;
    const databases = Object.values(args.databases);
    const accounts = all([all(passwords), superuserPassword]).apply(([known, own]) => accountsSql(databases, known, own));
    const files = serverFiles(databases, podCidr);
    const needed = [
      this.secret("accounts", NAMES.accounts, SERVER, { [ACCOUNTS_FILE]: accounts, [SUPERUSER_FILE]: superuserPassword }),
      this.secret("tls", NAMES.tls, SERVER, { "tls.crt": certificate, "tls.key": key, "ca.crt": this.ca }, "kubernetes.io/tls"),
      new ConfigMap(this.childName("config"), { metadata: this.metadata(NAMES.config, SERVER), data: { ...files } }, this.inCluster()),
      this.dataClaim(NAMES.data, SERVER, DEFAULT_GIB, args),
    ];
    this.statefulServices(
      SERVER,
      { service: NAMES.server, headless: NAMES.headless },
      { name: "postgresql", port: PORT, targetPort: "postgresql" },
    );
    const pod = serverPod(plan, this.serviceAccount("account", SERVER));
    const annotations = {
      "kpaas/config": contentHash(JSON.stringify(files)),
      "kpaas/accounts": secretHash(accounts),
      "kpaas/certificate": output(certificate).apply(contentHash),
    };
    return this.singleServer(SERVER, NAMES.headless, annotations, pod, needed);
  }

  /** Has each account run its statements. Databases of an operator are closed by their owners, since it closes none. */
  private createTables(args: PlannedArgs<PostgreSqlArgs>, passwords: Passwords, server: readonly Resource[]): Resource {
    const own = (spec: DatabaseSpec) =>
      args.plan.replicas > 1 ? [...actAsOwnerSql(spec), ...closedSql(spec.database), ""].join("\n") : "";
    const [last] = server.slice(-1);
    const wanted = (spec: DatabaseSpec) => `${own(spec)}${tablesSql(spec.tables ?? [])}`;
    if (Object.values(args.databases).every((spec) => wanted(spec) === "") && last) return last;
    return this.runStatements(SCHEMAS_JOB, this.files(args, passwords, wanted), server);
  }

  /** The statements that there are for each database, and what its account needs to run them. */
  private files(
    { databases }: PlannedArgs<PostgreSqlArgs>,
    passwords: Passwords,
    statements: (spec: DatabaseSpec) => string,
  ): Output<Record<string, string>> {
    const connection = { host: this.host, port: PORT, caFile: "/sql/ca.crt" };
    return all([all(passwords), this.ca]).apply(
      ([known, ca]): Record<string, string> => ({
        "ca.crt": ca,
        ...Object.fromEntries(
          Object.values(databases).flatMap((spec): (readonly [string, string])[] => {
            const sql = statements(spec);
            if (sql === "") return [];
            return [
              [`${spec.database}.cnf`, clientSettings(spec, known, connection)],
              [`${spec.database}.sql`, sql],
            ];
          }),
        ),
      }),
    );
  }
}
