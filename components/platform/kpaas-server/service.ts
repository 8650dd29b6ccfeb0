import { MEASURED_OPENLY } from "../../../model/service";
import { defineService, namespacesOf } from "../define-service";
import type { RepositorySpec } from "./args";
import { AUDIENCE, DATABASE, PAGE_CLIENT, PORTS, ROLES, SECRETS, WORKLOAD } from "./names";

const EVERYTHING = ["create", "read", "update", "delete", "list"] as const;

/** An image as a cluster pulls it: with its registry, and a tag that stays what it is. */
const IMAGE = /^[a-z0-9.-]+(:\d{1,5})?(\/[a-z0-9]+([._-]+[a-z0-9]+)*)+:[A-Za-z0-9_][A-Za-z0-9._-]{0,127}(@sha256:[0-9a-f]{64})?$/;

/** A repository, by the two ways that git speaks with a log-in. */
const REPOSITORY = /^(https:\/\/[A-Za-z0-9.-]+(:\d{1,5})?\/|ssh:\/\/([A-Za-z0-9._-]+@)?[A-Za-z0-9.-]+(:\d{1,5})?\/)[A-Za-z0-9._~/-]+$/;

/** As far as the file gives them. */
interface Options {
  readonly image?: string;
  readonly repository?: {
    readonly url: string;
    readonly login?: { readonly user: string };
    readonly key?: object;
    readonly hosts?: string;
    readonly authority?: string;
  };
}

/** What is wrong with them: at a field below the service's own, why, and the way out. */
function lacking({ image, repository }: Options): readonly (readonly [field: string, reason: string, remedy: string])[] {
  const { url = "", login, key, hosts, authority } = repository ?? {};
  const bySsh = url.startsWith("ssh:");
  return [
    ...(image === undefined
      ? [["image", "is missing: no public registry has its image", "build and push it as docs/server.md says, and name it here"] as const]
      : []),
    ...(repository === undefined
      ? ([
          [
            "repository",
            "is missing: environments and their locks would go with a pod, and each of several would have its own",
            "name an empty git repository, and what it is logged in to by",
          ],
        ] as const)
      : []),
    ...(repository !== undefined && !bySsh && login === undefined
      ? [["repository.login", "is missing: changes are pushed there", "give a user, and a password or token"] as const]
      : []),
    ...(bySsh && key === undefined ? [["repository.key", "is missing: changes are pushed there", "give a private key"] as const] : []),
    ...(bySsh && hosts === undefined
      ? [["repository.hosts", "is missing: nobody would know whose host it is", "give its lines of known_hosts"] as const]
      : []),
    ...(bySsh && login !== undefined ? [["repository.login", "is for https, and this is met by SSH", "take it out"] as const] : []),
    ...(bySsh && authority !== undefined ? [["repository.authority", "is for https, and this is met by SSH", "take it out"] as const] : []),
    ...(!bySsh && key !== undefined ? [["repository.key", "is for SSH, and this is met by https", "take it out"] as const] : []),
    ...(!bySsh && hosts !== undefined ? [["repository.hosts", "is for SSH, and this is met by https", "take it out"] as const] : []),
  ];
}

export const kpaasServer = defineService({
  name: "kpaasServer",
  title: "kpaas server",
  about: "makes and keeps clusters for whoever may ask for them, in the place of K-PaaS's Terraman",
  replicas: "profile",
  host: "terraman",
  options: (z, { pinned, secretReferenceSchema }) => ({
    image: pinned
      .regex(IMAGE, "must be an image with its registry and tag, such as registry.example.org/kpaas/kpaas-server:0.1.0")
      .optional()
      .describe("Its image, which no public registry has: where you have pushed it. Default: none; it must be named."),
    repository: z
      .strictObject({
        url: z
          .string()
          .regex(REPOSITORY, "must be https://HOST/PATH or ssh://USER@HOST/PATH, without a password")
          .describe("The git repository of environments and their locks; empty at first. Its branch main is written."),
        login: z
          .strictObject({
            user: z
              .string()
              .regex(/^[\x21-\x7e]+$/, "must be of printable characters, without blanks")
              .describe("Who logs in."),
            password: secretReferenceSchema.describe("That user's password, or a token that may push."),
          })
          .optional()
          .describe("By what it is logged in to by https. Default: none; https takes it."),
        key: secretReferenceSchema
          .optional()
          .describe("The private key that logs in by SSH, without a passphrase. Default: none; SSH takes it."),
        hosts: z
          .string()
          .regex(/^\S+ (ssh-|ecdsa-|sk-)\S+ \S+/, "must be lines of known_hosts, such as git.example.org ssh-ed25519 AAAA…")
          .optional()
          .describe("The host keys that are trusted by SSH, as known_hosts has them. Default: none; SSH takes them."),
        authority: z
          .string()
          .regex(/^-----BEGIN CERTIFICATE-----/, "must be certificates as PEM")
          .optional()
          .describe(
            "Who is trusted by https in place of the public authorities, as PEM. Default: those; of a host of the platform, its own.",
          ),
      })
      .optional()
      .describe("Where environments and their locks are. Default: none; it must be named."),
  }),
  secrets: {
    "repository.login.password": (text) =>
      /^[\x21-\x7e]+$/.test(text) ? undefined : "is empty, or holds a blank or what is not printable",
    "repository.key": (text) => (/^-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ? undefined : "is no private key as PEM"),
  },
  imagesBy: ({ image }): Record<string, string> => (typeof image === "string" ? { server: image } : {}),
  hindered: ({ platform: { services } }) => {
    const { options = {} } = services.find(({ name }) => name === "kpaasServer") ?? {};
    return lacking(options as Options).map(([field, reason, remedy]) => ({
      path: `platform.services.kpaasServer.${field}`,
      reason,
      remedy,
    }));
  },
  // All that the next of its pods needs is in the database, in OpenBao and in git.
  backup: { kind: "within", service: "postgresql" },
  rotates: [
    { secret: "the password by which the portal calls it", how: "one", restarts: ["itself", "takers"], seconds: 60 },
    {
      secret: "the passphrase of what is secret in its clusters' states",
      how: "never",
      reason: "every state holds secrets that are encrypted by it, and nobody reads them by another one",
      remedy: "keep the Secret kpaas-server/kpaas-server, and go over to another provider of secrets by `kpaas state secrets`",
    },
  ],
  away: ({ replicas }) => (replicas > 1 ? 0 : 30),
  needs: {
    ingress: ({ host }) => ({ host }),
    trust: () => ({}),
    postgres: () => ({ database: DATABASE }),
    tokens: ({ host }) => ({ audience: AUDIENCE, roles: ROLES, page: { id: PAGE_CLIENT, url: `https://${host}` } }),
    secretEngine: () => ({
      paths: Object.fromEntries(SECRETS.map((kind) => [`${kind}/*`, EVERYTHING])),
      login: { kind: "kubernetes", serviceAccounts: [WORKLOAD] },
    }),
  },
  wants: { scrape: () => ({ targets: { server: { pods: { "app.kubernetes.io/name": WORKLOAD }, port: PORTS.metrics } } }) },
  offers: ["clusters"],
  speaks: { [PORTS.https]: "TLS", [PORTS.metrics]: MEASURED_OPENLY },
  // Clouds, hosts and the repository are anywhere.
  calls: ["outside"],
  create: (name, { common, options, secrets, granted, claims, environment, tls }, opts) => {
    const { KpaasServer } = require("./kpaas-server") as typeof import("./kpaas-server");
    const { ingress, postgres, tokens, secretEngine, trust } = granted;
    return new KpaasServer(
      name,
      {
        ...common,
        ingress,
        database: postgres,
        tokens,
        vault: secretEngine,
        repository: repositoryOf(options.repository, secrets),
        domain: environment.platform.domain,
        clients: Object.values(namespacesOf(claims.clusters)),
        ...(trust.certificates ? { trust: trust.certificates } : {}),
        ...(tls?.authority ? { authority: tls.authority } : {}),
      },
      opts,
    );
  },
  grants: { clusters: ({ access }) => access },
});

/** The repository with what it is logged in to by. @throws Error where a reference was not resolved */
function repositoryOf(repository: Options["repository"], secrets: Readonly<Record<string, RepositorySecret>>): RepositorySpec {
  const secret = (path: string): RepositorySecret => {
    const value = secrets[path];
    if (value === undefined) throw new Error(`platform.services.kpaasServer.${path} was not resolved: give \`secrets.services\`.`);
    return value;
  };
  const { url = "", login, hosts = "", authority } = repository ?? {};
  if (login === undefined) return { url, key: secret("repository.key"), hosts };
  return { url, login: { user: login.user, password: secret("repository.login.password") }, ...(authority ? { authority } : {}) };
}

type RepositorySecret = Extract<RepositorySpec, { login: object }>["login"]["password"];
