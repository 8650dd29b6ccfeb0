import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import {
  all,
  type ComponentResourceOptions,
  InputPropertyError,
  interpolate,
  type Output,
  output,
  type Resource,
  secret,
} from "@pulumi/pulumi";
import { RandomPassword } from "@pulumi/random/randomPassword";
import { PrivateKey } from "@pulumi/tls/privateKey";
import { serviceType } from "../../../model/type-tokens";
import { type Credentials, localUrl, type PlannedArgs, planned } from "../args";
import { type CertificatePair, certificateAuthority, serverCertificate } from "../certificates";
import { madeAnew } from "../generated-password";
import type { RegistryAccess } from "../grants";
import { claimSpec, contentHash, fromIngress, secretHash } from "../objects";
import { PlatformService } from "../service";
import type { HarborArgs } from "./args";
import { createInside } from "./inside";
import {
  CALL_OUTSIDE,
  NAMES,
  type Part,
  podsOf,
  REACHED,
  REPLICATED,
  SERVED,
  serverNames,
  TLS_PARTS,
  TLS_PORT,
  type Volume,
  volumes,
} from "./parts";
import { plannedProjects } from "./projects";
import { HarborProvider } from "./resources";
import { harborValues, REGISTRY_USER, type Restarts } from "./values";

/** The name of the first administrator; Harbor knows no other. */
const ADMINISTRATOR = "admin";

/**
 * Harbor with all its parts, by its own chart. Every key and password is generated and given, so that the chart makes none anew. Its
 * administrator's password and its database's are read at the first start and belong to Harbor from then on. Projects and accounts of programs
 * are resources, put into the Harbor that runs as its administrator: they follow what is named and claimed.
 */
export class Harbor extends PlatformService {
  /** Where browsers and clients of the registry reach it. */
  readonly url: Output<string>;
  /** The name that images have it by, as in `HOST/PROJECT/IMAGE`. */
  readonly registry: string;
  /** Its first administrator. */
  readonly credentials: Credentials;
  /** The release: once it is there, Harbor answers. */
  readonly ready: Resource;
  /** By client. */
  readonly access: Readonly<Record<string, RegistryAccess>>;

  constructor(name: string, given: HarborArgs, opts?: ComponentResourceOptions) {
    const args = planned("harbor", given);
    super(serviceType("Harbor"), name, args, opts);
    const { plan, storage } = args;
    if (plan.host === undefined) throw new Error(`The plan of service "${plan.name}" has no host: give \`plan.host\`.`);
    this.registry = plan.host;
    const url = `https://${plan.host}`;
    this.url = output(url);
    this.credentials = { user: ADMINISTRATOR, password: this.generated("admin-password", 32).result, where: url };

    this.createNamespace("restricted", { retain: args.retainData, reaches: "itself" });
    this.createPolicies(args);
    for (const part of REPLICATED) this.disruptionBudget(`${part}-budget`, `harbor-${part}`, plan.replicas, podsOf(part));
    if (storage.shared) this.disruptionBudget("registry-budget", "harbor-registry", plan.replicas, podsOf("registry"));
    const claims = volumes(plan.sizeGiB ?? 20).map((volume) => this.claim(volume, args));
    const { secrets, restarts, authority } = this.createSecrets(args);
    // A claim goes when no pod holds it any more, so the release goes before the cluster too.
    this.ready = this.release(harborValues(args, restarts), "cloudParts", [...claims, ...secrets]);
    this.access = this.createInside(args, authority);
    this.registerOutputs({ url: this.url });
  }

  private createPolicies({ ingress }: PlannedArgs<HarborArgs>): void {
    for (const [part, { ports, from }] of Object.entries(REACHED) as [Part, NonNullable<(typeof REACHED)[Part]>][])
      this.allowIngress(
        `allow-${part}`,
        podsOf(part),
        ports,
        from.map((peer) => ({ podSelector: { matchLabels: podsOf(peer) } })),
      );
    for (const part of SERVED) this.allowIngress(`allow-ingress-${part}`, podsOf(part), [TLS_PORT], fromIngress(ingress));
    for (const part of CALL_OUTSIDE) this.allowOutside(`egress-${part}`, podsOf(part));
    this.allowCertificateChecks(ingress);
  }

  /** Projects, accounts of programs, and a Secret for each account that no service has claimed. */
  private createInside(args: PlannedArgs<HarborArgs>, authority: CertificatePair): Record<string, RegistryAccess> {
    const projects = plannedProjects(args);
    if (Object.keys(projects).length === 0) return {};
    const url = args.managedAt ?? localUrl(args.plan);
    if (url === undefined)
      throw new InputPropertyError({
        propertyPath: "managedAt",
        reason: `is missing: a Harbor with projects that is made alone must be told where its core's port ${TLS_PORT} is reached; \`forwardTo\` leads there`,
      });
    const { user, password } = this.credentials;
    const provider = new HarborProvider(this.childName("provider"), { url, user, password, ca: authority.certificate }, { parent: this });
    const kept = { protect: args.protectData || this.protectsData, ...(args.retainData ? { retainOnDelete: true } : {}) };
    const options = this.inService({ provider, dependsOn: [this.ready] });
    const robots = createInside(
      (role) => this.childName(role),
      { projects, registry: this.registry },
      options,
      kept,
      this,
      args.plan.rotation,
    );
    for (const { project, name, client, login } of robots)
      if (client === undefined)
        this.secret(
          `robot-${project}.${name}-login`,
          NAMES.robot(project, name),
          "harbor",
          { ".dockerconfigjson": login.dockerConfig },
          "kubernetes.io/dockerconfigjson",
        );
    return Object.fromEntries(robots.flatMap(({ client, login }) => (client === undefined ? [] : [[client, login]])));
  }

  private claim({ name, sizeGiB, data }: Volume, { storage, protectData, retainData }: PlannedArgs<HarborArgs>): Resource {
    const accessMode = name === "registry" && storage.shared ? "ReadWriteMany" : "ReadWriteOnce";
    return new PersistentVolumeClaim(
      this.childName(`${name}-data`),
      {
        metadata: this.metadata(NAMES.claim(name), `harbor-${name}`),
        spec: claimSpec(storage.className, sizeGiB, accessMode),
      },
      this.deletedFirst(data ? { protect: protectData || this.protectsData, ...(retainData ? { retainOnDelete: true } : {}) } : {}),
    );
  }

  /** What Harbor would else generate at each rendering, and the chart's own defaults in place of which it is. */
  private createSecrets({ plan, trust }: PlannedArgs<HarborArgs>): {
    secrets: Resource[];
    restarts: Restarts;
    authority: CertificatePair;
  } {
    const keys = {
      // AES-128, by which Harbor encrypts what it stores of others' credentials: without it they are lost.
      secretKey: this.generated("secret-key", 16).result,
      secret: this.generated("core-secret", 16, plan.rotation).result,
      CSRF_KEY: this.generated("csrf-key", 32, plan.rotation).result,
      JOBSERVICE_SECRET: this.generated("jobservice-secret", 16, plan.rotation).result,
      REGISTRY_HTTP_SECRET: this.generated("registry-secret", 16, plan.rotation).result,
      // Signs the tokens that clients of the registry are given. Nobody reads a certificate to it.
      "tls.key": new PrivateKey(this.childName("token-key"), { algorithm: "RSA", rsaBits: 4096 }, { parent: this }).privateKeyPem,
    };
    const login = this.generated("registry-password", 32, plan.rotation);
    const database = this.generated("database-password", 32).result;
    const authority = certificateAuthority(this.childName("internal"), "harbor", this);
    const certificates = Object.fromEntries(
      TLS_PARTS.map((part) => [part, serverCertificate(this.childName(part), serverNames(part, plan.namespace), authority, this)]),
    ) as Record<(typeof TLS_PARTS)[number], CertificatePair>;
    const secrets: Resource[] = [
      this.secret("admin", NAMES.admin, "harbor", { HARBOR_ADMIN_PASSWORD: this.credentials.password }),
      this.secret("keys", NAMES.keys, "harbor", keys),
      this.secret("registry-login", NAMES.registry, "harbor-registry", {
        REGISTRY_PASSWD: login.result,
        REGISTRY_HTPASSWD: interpolate`${REGISTRY_USER}:${login.bcryptHash}`,
      }),
      this.secret("database-login", NAMES.database, "harbor-database", { password: database }),
      this.secret("internal-ca-secret", NAMES.authority, "harbor", { "ca.crt": authority.certificate }),
      ...TLS_PARTS.map((part) =>
        this.secret(
          `${part}-tls-secret`,
          NAMES.tls(part),
          `harbor-${part}`,
          { "ca.crt": authority.certificate, "tls.crt": certificates[part].certificate, "tls.key": certificates[part].key },
          "kubernetes.io/tls",
        ),
      ),
      ...(trust === undefined ? [] : [this.secret("platform-ca", NAMES.trust, "harbor", { "ca.crt": trust })]),
    ];
    const read = secretHash(...Object.values(keys), login.result);
    const restarts = TLS_PARTS.map((part) => [
      part,
      all([authority.certificate, certificates[part].certificate, read, trust]).apply((known) => contentHash(JSON.stringify(known))),
    ]);
    return { secrets, restarts: Object.fromEntries(restarts) as Restarts, authority };
  }

  /** Without a rotation it never changes. */
  private generated(
    role: string,
    length: number,
    rotation?: number,
  ): { readonly result: Output<string>; readonly bcryptHash: Output<string> } {
    const args = { length, special: false, ...madeAnew(rotation) };
    const { result, bcryptHash } = new RandomPassword(this.childName(role), args, { parent: this });
    return { result: secret(result), bcryptHash: secret(bcryptHash) };
  }
}
