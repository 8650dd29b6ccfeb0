import { CustomResource } from "@pulumi/kubernetes/apiextensions/customResource";
import type { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap";
import type { Secret } from "@pulumi/kubernetes/core/v1/secret";
import { Role } from "@pulumi/kubernetes/rbac/v1/role";
import { RoleBinding } from "@pulumi/kubernetes/rbac/v1/roleBinding";
import { all, type ComponentResourceOptions, type Output, type Resource } from "@pulumi/pulumi";
import { volumesAnnotation } from "../../../model/kubernetes-names";
import { apiPort } from "../../../model/plan/api-endpoint";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { type CertificatePair, certificateAuthority, type ServiceNames, serviceCertificate, trustOf } from "../certificates";
import { accountOf } from "../database/accounts";
import type { Passwords } from "../database/args";
import { DatabaseService } from "../database/database";
import { type Ending, FormerAccounts } from "../database/former-accounts";
import { tablesSql } from "../database/statements";
import { generatedPassword } from "../generated-password";
import type { DatabaseAccess } from "../grants";
import { WATCHED } from "../mariadb-operator/rights";
import { contentHash, fromNamespace, imageOf, secretHash, selectorLabels } from "../objects";
import type { MariaDbArgs, SchemaSpec } from "./args";
import { EXPORTER, EXPORTER_ACCOUNT, exporterSettings } from "./exporter";
import {
  ACCOUNTS_JOB,
  AGENT_PORT,
  API_VERSION,
  galeraSpec,
  MEMBER_LABELS,
  MEMBER_PORTS,
  MEMBER_SERVICES,
  MEMBERS_SCHEMAS_JOB,
  membersFormerJob,
  PRIMARY,
  rootClient,
} from "./galera";
import { accountsSql, type Connection, clientSettings, endFormerSql, rootSql } from "./sql";
import {
  ACCOUNTS_FILE,
  CERTIFICATE,
  CLIENT_AUTHORITY,
  DEFAULT_GIB,
  FORMER_JOB,
  NAMES,
  PORT,
  ROOT_PASSWORD,
  SCHEMAS_JOB,
  serverPod,
  singleServerConfig,
} from "./workload";

const SERVER = "mariadb";

/** The jobs that connect. */
const SINGLE_JOBS = { schemas: NAMES.schemas, former: NAMES.former };
const MEMBER_JOBS = { ...SINGLE_JOBS, accounts: NAMES.accounts };

/**
 * MariaDB with a schema and an account for each consumer. It listens inside the cluster only, and every password is generated. With one server,
 * root logs in on its own socket only, and the server itself makes the accounts when it starts, so it starts anew when they change. Several are
 * run by an operator, which logs in as root with a certificate of its own, as a job does that makes the accounts. TLS is offered to all, and
 * demanded of the accounts that are made.
 */
export class MariaDb extends DatabaseService {
  /** The server's address in the cluster: of the member that leads, where there are several. */
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
  /** What clients trust. PEM. */
  readonly ca: Output<string>;
  private readonly ending: Ending | undefined;

  /** @throws Error for several members without an operator, or an even number of them */
  constructor(name: string, asked: MariaDbArgs, opts?: ComponentResourceOptions) {
    const wanted = planned("mariadb", asked);
    super(serviceType("MariaDb"), name, wanted, opts);
    const measured = wanted.scrapedFrom === undefined ? {} : { [EXPORTER_ACCOUNT.user]: EXPORTER_ACCOUNT };
    const args = { ...wanted, schemas: this.rotated({ ...wanted.schemas, ...measured }) };
    const { plan } = args;
    const { several } = this;
    this.host = `${several ? NAMES.primary : NAMES.server}.${plan.namespace}.svc`;
    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    const selector = several ? MEMBER_LABELS : selectorLabels(SERVER);
    this.allowClients(selector, PORT, several ? MEMBER_JOBS : SINGLE_JOBS, args.clients);

    // Its operator would change it for some of its hosts only.
    this.rootPassword = several ? generatedPassword(this.childName("root-password"), this) : this.rotatedPassword("root-password");
    this.credentials = { user: "root", password: this.rootPassword, where: `${this.host}:${this.port}` };
    const passwords = this.accountPasswords(args.schemas);
    // What signs members' certificates is trusted where root logs in from the network too: so it signs nothing else.
    const given = several ? undefined : args.authority;
    const authority = given ?? certificateAuthority(this.childName("tls"), SERVER, this);
    this.ca = trustOf(authority);
    const server = several ? this.createMembers(args, passwords, authority) : this.createServer(args, passwords, authority);
    this.schemas = this.createTables(args, passwords, server);
    if (args.scrapedFrom !== undefined) {
      const user = accountOf(args.schemas[EXPORTER_ACCOUNT.user] ?? EXPORTER_ACCOUNT);
      const settings = passwords[EXPORTER_ACCOUNT.user]!.apply((password) =>
        exporterSettings({ user, password, host: this.host, port: PORT }),
      );
      // Of several it asks the one that leads.
      this.createExporter(EXPORTER, authority, { selector, port: PORT, settings, after: [server] });
    }
    this.ending = this.hasFormer(args.schemas) ? this.endingOf(args.schemas, passwords) : undefined;
    this.databases = Object.fromEntries(
      Object.entries(args.schemas).map(([consumer, spec]) => [
        consumer,
        {
          ...{ host: this.host, port: PORT, database: spec.schema, user: accountOf(spec), password: passwords[spec.user]! },
          ca: this.ca,
        },
      ]),
    );
    this.registerOutputs({ host: this.host, port: this.port, rootPassword: this.rootPassword });
  }

  /** Ends the accounts that a rotation has given successors, once all who had them are there (`args.after`). Without a rotation there are none. */
  endFormer(name: string, args: PlannedArgs, opts: ComponentResourceOptions): FormerAccounts | undefined {
    return this.ending && new FormerAccounts(name, { ...args, ...this.ending }, opts);
  }

  private get several(): boolean {
    return this.plan.replicas > 1;
  }

  /** How accounts connect. */
  private get connection(): Connection {
    return this.several ? PRIMARY : { host: this.host, port: PORT, ca: CLIENT_AUTHORITY };
  }

  private endingOf(schemas: Readonly<Record<string, SchemaSpec>>, passwords: Passwords): Ending {
    return {
      job: this.several ? membersFormerJob(this.plan) : FORMER_JOB,
      files: this.files(Object.values(schemas), passwords, endFormerSql),
    };
  }

  /** The members by the operator's object, and their accounts. */
  private createMembers(args: PlannedArgs<MariaDbArgs>, passwords: Passwords, authority: CertificatePair): Resource {
    const { plan, operator, schemas, protectData, retainData } = args;
    if (operator === undefined) throw new Error(`platform.services.mariadb.replicas is ${plan.replicas}; give its operator, or make it 1.`);
    if (plan.replicas % 2 === 0) throw new Error(`platform.services.mariadb.replicas is ${plan.replicas}; make it 1, 3 or 5.`);
    this.allowIngress("allow-members", MEMBER_LABELS, MEMBER_PORTS, [{ podSelector: { matchLabels: { ...MEMBER_LABELS } } }]);
    this.allowIngress("allow-operator", MEMBER_LABELS, [PORT, AGENT_PORT], [fromNamespace(operator.namespace)]);
    // What runs beside them asks the API how they are to be. By port alone: what stands behind its Service are machines.
    this.allowEgress("allow-api", MEMBER_LABELS, [443, apiPort]);
    const metadata = this.metadata("mariadb-operator", SERVER);
    const subject = { kind: "ServiceAccount", name: operator.account, namespace: operator.namespace };
    const roleRef = { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "mariadb-operator" };
    const rights = [
      new Role(this.childName("rights"), { metadata, rules: WATCHED }, this.inCluster()),
      new RoleBinding(this.childName("rights-binding"), { metadata, roleRef, subjects: [subject] }, this.inCluster()),
    ];
    const access = this.secret("secret", NAMES.secret, SERVER, { [ROOT_PASSWORD]: this.rootPassword });
    const { certificate, tls } = this.createCertificate({ services: MEMBER_SERVICES, beside: ["localhost"] }, authority);
    // The name is told to the members' pods alone: what runs for a while beside them is none.
    const { "app.kubernetes.io/name": _, ...labels } = this.podLabels(SERVER);
    const members = new CustomResource(
      this.childName("members"),
      {
        apiVersion: API_VERSION,
        kind: "MariaDB",
        metadata: this.metadata(NAMES.server, SERVER, {
          annotations: { [volumesAnnotation]: `${plan.replicas} × ${plan.sizeGiB ?? DEFAULT_GIB}Gi` },
        }),
        spec: galeraSpec(args, { server: imageOf(plan, "server"), operator: operator.image }, labels, {
          "kpaas/certificate": certificate.apply(contentHash),
        }),
      },
      // Its volumes go with it. The rights of who runs it go after it.
      this.deletedFirst({
        dependsOn: [...rights, access, tls],
        protect: protectData || this.protectsData,
        ...(retainData ? { retainOnDelete: true } : {}),
      }),
    );
    const files = all([all(passwords), this.rootPassword, this.ca]).apply(
      ([known, root, ca]): Record<string, string> => ({
        [CERTIFICATE.authority]: ca,
        "accounts.cnf": rootClient(root),
        [ACCOUNTS_FILE]: rootSql(root) + accountsSql(Object.values(schemas), known, { tls: true }),
      }),
    );
    return this.runStatements(ACCOUNTS_JOB, files, [members]);
  }

  private createServer(args: PlannedArgs<MariaDbArgs>, passwords: Passwords, authority: CertificatePair): StatefulSet {
    const { plan, schemas } = args;
    const access = this.secret("secret", NAMES.secret, SERVER, { [ROOT_PASSWORD]: this.rootPassword });
    const accounts = all([all(passwords), this.rootPassword]).apply(([known, root]) =>
      accountsSql(Object.values(schemas), known, { tls: true, ...(plan.rotation === undefined ? {} : { rootPassword: root }) }),
    );
    const init = this.secret("init", NAMES.init, SERVER, { [ACCOUNTS_FILE]: accounts });
    const { certificate, tls } = this.createCertificate({ services: [NAMES.server] }, authority);
    const settings = singleServerConfig();
    const config = new ConfigMap(
      this.childName("config"),
      { metadata: this.metadata(NAMES.config, SERVER), data: { "kpaas.cnf": settings } },
      this.inCluster(),
    );
    const data = this.dataClaim(NAMES.data, SERVER, DEFAULT_GIB, args);
    this.statefulServices(
      SERVER,
      { service: NAMES.server, headless: NAMES.headless },
      { name: "mariadb", port: PORT, targetPort: "mariadb" },
    );
    const pod = serverPod(plan, this.serviceAccount("account", SERVER));
    const annotations = {
      "kpaas/config": contentHash(settings),
      "kpaas/accounts": secretHash(accounts),
      "kpaas/certificate": certificate.apply(contentHash),
    };
    return this.singleServer(SERVER, NAMES.headless, annotations, pod, [access, init, tls, config, data]);
  }

  /** What clients are shown, and the Secret that it is in, with what signed it. */
  private createCertificate(
    names: Pick<ServiceNames, "services" | "beside">,
    authority: CertificatePair,
  ): { readonly certificate: Output<string>; readonly tls: Secret } {
    const { namespace } = this.plan;
    const { certificate, key } = serviceCertificate(this.childName("tls"), { ...names, namespace }, authority, this);
    const shown = { [CERTIFICATE.certificate]: certificate, [CERTIFICATE.key]: key, [CERTIFICATE.authority]: trustOf(authority) };
    return { certificate, tls: this.secret("tls", NAMES.tls, SERVER, shown, "kubernetes.io/tls") };
  }

  private createTables({ schemas }: PlannedArgs<MariaDbArgs>, passwords: Passwords, server: Resource): Resource {
    const wanted = Object.values(schemas).filter(({ tables = [] }) => tables.length > 0);
    if (wanted.length === 0) return server;
    const files = this.files(wanted, passwords, ({ tables = [] }) => tablesSql(tables));
    return this.runStatements(this.several ? MEMBERS_SCHEMAS_JOB : SCHEMAS_JOB, files, [server]);
  }

  /** The statements of each schema, and what its account needs to run them. */
  private files(
    schemas: readonly SchemaSpec[],
    passwords: Passwords,
    statements: (spec: SchemaSpec) => string,
  ): Output<Readonly<Record<string, string>>> {
    return all([all(passwords), this.ca]).apply(
      ([known, ca]): Record<string, string> => ({
        [CERTIFICATE.authority]: ca,
        ...Object.fromEntries(
          schemas.flatMap((spec) => {
            const name = spec.tableRights === undefined ? spec.schema : `${spec.schema}-${spec.user}`;
            return [
              [`${name}.cnf`, clientSettings(spec, known, this.connection)],
              [`${name}.sql`, statements(spec)],
            ];
          }),
        ),
      }),
    );
  }
}
