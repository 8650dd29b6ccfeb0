import type { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import { all, type ComponentResourceOptions, type Output, output, type Resource } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { type CertificatePair, certificateAuthority, serverCertificate } from "../certificates";
import type { Passwords } from "../database/args";
import { DatabaseService } from "../database/database";
import { tablesSql } from "../database/statements";
import { generatedPassword } from "../generated-password";
import type { PostgresAccess } from "../grants";
import { contentHash, secretHash, selectorLabels } from "../objects";
import type { PostgreSqlArgs } from "./args";
import { ACCOUNTS_FILE, NAMES, PORT, SUPERUSER, serverFiles } from "./config";
import { accountsSql, clientSettings } from "./sql";
import { SCHEMAS_JOB, serverPod } from "./workload";

const SERVER = "postgresql";

/**
 * One PostgreSQL server with a database and an account that owns it for each consumer. Whoever connects speaks TLS, from the pod network, to
 * the one database that is theirs; the superuser logs in inside the server's pod only, and every password is generated. The accounts are made
 * before the server takes connections, so it starts anew when they change.
 */
export class PostgreSql extends DatabaseService {
  /** The server's address in the cluster. */
  readonly host: string;
  readonly port = PORT;
  /** How the superuser logs in, in the server's pod. */
  readonly credentials: Credentials;
  /** What its clients trust. PEM. */
  readonly ca: Output<string>;
  /** By consumer. A database, its account and its tables are there once {@link schemas} is. */
  readonly databases: Readonly<Record<string, PostgresAccess>>;
  /** What makes the last of them: the tables, or the server where nobody asks for tables. Consumers depend on it. */
  readonly schemas: Resource;

  constructor(name: string, given: PostgreSqlArgs, opts?: ComponentResourceOptions) {
    const args = planned("postgresql", given);
    super(serviceType("PostgreSql"), name, args, opts);
    const { plan } = args;
    this.host = `${NAMES.server}.${plan.namespace}.svc`;
    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    this.allowClients(selectorLabels(SERVER), PORT, NAMES.schemas, args.clients);

    const superuserPassword = generatedPassword(this.childName(`${SUPERUSER}-password`), this);
    this.credentials = { user: SUPERUSER, password: superuserPassword, where: `${this.host}:${this.port}` };
    const passwords = this.accountPasswords(args.databases);
    const authority = args.authority ?? certificateAuthority(this.childName("tls"), SERVER, this);
    this.ca = authority.certificate;
    const server = this.createServer(args, passwords, superuserPassword, authority);
    this.schemas = this.createTables(args, passwords, server);
    this.databases = Object.fromEntries(
      Object.entries(args.databases).map(([consumer, { database, user }]) => [
        consumer,
        { host: this.host, port: PORT, database, user, password: passwords[user]!, ca: this.ca },
      ]),
    );
    this.registerOutputs({ host: this.host, port: this.port, ca: this.ca });
  }

  private createServer(
    args: PlannedArgs<PostgreSqlArgs>,
    passwords: Passwords,
    superuserPassword: Output<string>,
    authority: CertificatePair,
  ): StatefulSet {
    const { plan, podCidr } = args;
    const databases = Object.values(args.databases);
    const accounts = all([all(passwords), superuserPassword]).apply(([known, own]) => accountsSql(databases, known, own));
    const files = serverFiles(databases, podCidr);
    const { certificate, key } = this.certificateOf([NAMES.server], authority);
    const needed = [
      this.secret("accounts", NAMES.accounts, SERVER, { [ACCOUNTS_FILE]: accounts }),
      this.secret("tls", NAMES.tls, SERVER, { "tls.crt": certificate, "tls.key": key, "ca.crt": this.ca }, "kubernetes.io/tls"),
      new ConfigMap(this.childName("config"), { metadata: this.metadata(NAMES.config, SERVER), data: { ...files } }, this.inCluster()),
      this.dataClaim(NAMES.data, SERVER, 8, args),
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

  /** A certificate for the Services of those names. */
  private certificateOf(services: readonly string[], authority: CertificatePair): CertificatePair {
    const { namespace } = this.plan;
    const [first = "", ...others] = services.flatMap((service) =>
      ["", `.${namespace}`, `.${namespace}.svc`, `.${namespace}.svc.cluster.local`].map((suffix) => `${service}${suffix}`),
    );
    return serverCertificate(this.childName("tls"), { dnsNames: [first, ...others] }, authority, this);
  }

  private createTables({ databases }: PlannedArgs<PostgreSqlArgs>, passwords: Passwords, server: Resource): Resource {
    const wanted = Object.values(databases).filter(({ tables = [] }) => tables.length > 0);
    if (wanted.length === 0) return server;
    const connection = { host: this.host, port: PORT, caFile: "/sql/ca.crt" };
    const files = all([all(passwords), this.ca]).apply(
      ([known, ca]): Record<string, string> => ({
        "ca.crt": ca,
        ...Object.fromEntries(
          wanted.flatMap((spec) => [
            [`${spec.database}.cnf`, clientSettings(spec, known, connection)],
            [`${spec.database}.sql`, tablesSql(spec.tables ?? [])],
          ]),
        ),
      }),
    );
    return this.runStatements(SCHEMAS_JOB, files, [server]);
  }
}
