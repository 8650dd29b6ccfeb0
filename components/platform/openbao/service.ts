import { blockClass, defineService, keptData, WHOLE_PROFILES } from "../define-service";
import { openbaoBackup } from "./backup";
import { FINDABLE } from "./findable";
import { rotatesOf } from "./rotates";

export const openbao = defineService({
  name: "openbao",
  title: "OpenBao",
  about: "keeps secrets for the platform's services, each below paths of its own",
  profiles: WHOLE_PROFILES,
  options: (z) => {
    const kind = <Kind extends string>(name: Kind) => z.literal(name).describe("Who keeps the key: kpaas, another server, or a cloud.");
    const credentials = z
      .string()
      .min(1)
      .describe("The Secret in OpenBao's namespace, made by hand, that holds the log-in where the key is.");
    const key = z.string().min(1).describe("The key's name there.");
    const region = z.string().min(1).describe("The key's region.");
    return {
      seal: z
        .discriminatedUnion("kind", [
          z.strictObject({ kind: kind("static") }),
          z.strictObject({
            kind: kind("transit"),
            address: z.url({ protocol: /^https$/, error: "must be an https URL" }).describe("URL of the server that keeps the key."),
            mount: z.string().min(1).describe("The mount of its transit engine."),
            key,
            credentials,
          }),
          z.strictObject({ kind: kind("awskms"), region, key, credentials }),
          z.strictObject({
            kind: kind("gcpckms"),
            project: z.string().min(1).describe("The key's project."),
            region,
            keyRing: z.string().min(1).describe("The key's ring."),
            key,
            credentials,
          }),
          z.strictObject({
            kind: kind("azurekeyvault"),
            tenant: z.string().min(1).describe("The tenant of the key vault."),
            vault: z.string().min(1).describe("The key vault's name."),
            key,
            credentials,
          }),
        ])
        .optional()
        .describe("What it unseals itself with: a key generated here, or one that another server or a cloud keeps. Default: static."),
      reach: z
        .enum(["cluster", "public"])
        .optional()
        .describe("cluster: it is reached by pods only; public: at its host too, with its pages. Default: cluster."),
    };
  },
  replicas: "quorum",
  host: "openbao",
  keeps: "data",
  backup: openbaoBackup,
  rotates: rotatesOf,
  needs: { storage: () => ({}), ingress: ({ host }) => ({ host }) },
  wants: {
    scrape: () => ({
      targets: {
        server: {
          pods: { "app.kubernetes.io/name": "openbao" },
          port: 8202,
          path: "/v1/sys/metrics",
          params: { format: ["prometheus"] },
          serverName: "openbao.openbao.svc",
        },
      },
    }),
  },
  offers: ["secretEngine"],
  managedAt: { workload: "openbao", port: 8200, unproven: true },
  findable: FINDABLE,
  remedies: [
    [
      /error deleting AppRole auth backend role SecretID/,
      {
        text: "A secret id of OpenBao has ended by itself, and its server knows it no more. Another one is there already: `kpaas refresh` forgets the one that ended, and the next `kpaas up` goes on.",
        next: "kpaas refresh",
      },
    ],
  ],
  // Another kind is a migration by hand, with every member stopped.
  fixed: { "seal.kind": ({ seal }) => String((seal as { readonly kind?: string } | undefined)?.kind ?? "static") },
  speaks: { 8200: "TLS", 8201: "TLS", 8202: "TLS" },
  calls: [],
  create: (name, { common, options: { seal, reach }, granted, claims, environment, tls }, opts) => {
    const { OpenBao } = require("./openbao") as typeof import("./openbao");
    return new OpenBao(
      name,
      {
        ...common,
        storageClass: blockClass(granted.storage),
        ...keptData(environment),
        clients: claims.secretEngine,
        podCidr: environment.network.podCidr,
        ...(seal ? { seal } : {}),
        ...(tls?.authority ? { authority: tls.authority } : {}),
        ...(reach === "public" ? { ingress: granted.ingress } : {}),
      },
      opts,
    );
  },
  grants: { secretEngine: ({ access }, consumer) => access[consumer]! },
});
