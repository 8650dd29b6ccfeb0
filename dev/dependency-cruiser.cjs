// Who may import whom. Checked by `npm run check`.

/** The folders of the tree, and what each may import besides itself. */
const MAY_IMPORT = {
  catalog: [],
  host: [],
  model: ["catalog"],
  plugin: ["host", "reach/(known-hosts|ssh-config)", "model", "catalog"],
  sandbox: [
    "host",
    "plugin/rpc",
    "plugin/sealed",
    "plugin/clock",
    "plugin/faults(-words)?",
    "plugin/cloud-folder",
    "providers/[^/]+/(names|plan)",
    "model",
    "catalog",
  ],
  components: ["model", "catalog"],
  providers: ["components/(infrastructure|options)", "model", "catalog"],
  files: ["components/platform/services", "providers/clouds", "host", "model", "catalog"],
  reach: ["components/infrastructure", "host", "model", "catalog"],
  stacks: ["components", "providers", "files", "reach", "host", "model", "catalog"],
  engine: [
    "stacks",
    "files",
    "reach",
    "host",
    "model",
    "catalog",
    "plugin/(rpc|cloud-folder)",
    "sandbox/packages",
    "sandbox/servers/record",
  ],
  operate: [
    "engine",
    "files",
    "plugin/(kubespray|clock)",
    "reach/(cluster-api|issue-certificate|issue-token|exec|workloads|registry)",
    "host",
    "model",
  ],
  fleet: ["operate", "engine", "files", "host", "model"],
  // What the page knows of the calls is what every client of them knows.
  server: ["fleet", "operate", "files", "host", "model", "catalog", "library/client-calls"],
  testing: ["model/(cloud|type-tokens)", "providers/clouds", "engine", "stacks"],
  library: ["testing", "engine", "stacks", "components", "providers", "model"],
  cli: [
    "plugin/kubespray/ansible/(python|source|cached|unusable)",
    "server/server",
    "fleet",
    "operate",
    "engine",
    "stacks",
    "files",
    "reach",
    "host",
    "model",
    "catalog",
  ],
};

/** The SDKs that are no cloud's. */
const COMMON_SDKS = "(pulumi|keycloak|kubernetes|random|tls|vault)/";

const folders = Object.keys(MAY_IMPORT);
const anyOf = (names) => `^(${names.join("|")})(/|\\.|$)`;

module.exports = {
  forbidden: [
    { name: "no-cycles", severity: "error", from: {}, to: { circular: true } },
    { name: "resolvable", severity: "error", from: {}, to: { couldNotResolve: true } },
    { name: "not-from-tests", severity: "error", from: { pathNot: "^(test|dev)/" }, to: { path: "^(test|dev)/" } },
    {
      name: "declared",
      comment: "What is published must find its dependencies.",
      severity: "error",
      from: { pathNot: "^(test|dev|server/page/browser)/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown", "undetermined"], dependencyTypesNot: ["type-only", "npm-peer"] },
    },
    {
      name: "model-is-pure",
      comment: "The plan is computed without an engine, a cloud or any input and output.",
      severity: "error",
      from: { path: "^(model|catalog)/" },
      to: { path: "^node_modules/@(pulumi|grpc)/|^node_modules/google-protobuf/" },
    },
    {
      name: "model-does-no-io",
      severity: "error",
      from: { path: "^(model|catalog)/" },
      to: { dependencyTypes: ["core"], pathNot: "^(node:)?(crypto|assert|path|url)$" },
    },
    {
      name: "services-are-pure",
      comment: "Checking and planning load no SDK: a service's definition requires its component when it is made.",
      severity: "error",
      from: { path: "^components/platform/([^/]+/service|services|define-service)\\.ts$" },
      to: {
        path: "^(components|providers|node_modules/@pulumi)/",
        pathNot:
          "^components/platform/([^/]+/(service|schema|backup|findable|login|rotates|versions|claims|apps|names|measured|parts/names)|applications/(application|memory)|define-service|issuer|mesh)\\.ts$",
        dependencyTypesNot: ["type-only", "type-import", "require"],
      },
    },
    ...folders.map((folder) => ({
      name: `${folder}-imports`,
      comment: `${folder}/ may import ${MAY_IMPORT[folder].join(", ") || "nothing else"}.`,
      severity: "error",
      from: { path: `^${folder}/` },
      to: { path: anyOf(folders), pathNot: anyOf([folder, ...MAY_IMPORT[folder]]) },
    })),
    {
      name: "no-cloud-sdk",
      comment: "A cloud's SDK is imported in its own folder only.",
      severity: "error",
      from: { pathNot: "^(test|sandbox|providers)/" },
      to: { path: "^node_modules/@pulumi/", pathNot: `^node_modules/@pulumi/${COMMON_SDKS}` },
    },
    {
      name: "own-sdk",
      comment: "A user of one cloud neither installs nor loads the SDK of another.",
      severity: "error",
      from: { path: "^providers/([^/.]+)" },
      to: { path: "^node_modules/@pulumi/", pathNot: [`^node_modules/@pulumi/${COMMON_SDKS}`, "^node_modules/@pulumi/$1(-native)?/"] },
    },
    {
      name: "terminal-in-cli",
      comment: "What the command line does, others do without a terminal.",
      severity: "error",
      from: { pathNot: "^(cli|test|dev)/" },
      to: { path: "^node_modules/(commander|picocolors|log-update)/" },
    },
    {
      name: "service-in-server",
      comment: "What serves is loaded by `kpaas server` alone.",
      severity: "error",
      from: { pathNot: "^(server|test|dev)/" },
      to: { path: "^node_modules/(fastify|kysely|pg|@electric-sql|jose)/" },
    },
    {
      name: "server-is-loaded-late",
      severity: "error",
      from: { path: "^cli/" },
      to: { path: "^server/", dependencyTypesNot: ["type-only", "type-import", "dynamic-import"] },
    },
    {
      name: "terraman-is-one-face",
      comment: "K-PaaS's shapes are a face of the service: nothing else of it knows them.",
      severity: "error",
      from: { path: "^server/", pathNot: "^server/(terraman/|server\\.ts|parts\\.ts)" },
      to: { path: "^server/terraman/" },
    },
    {
      name: "page-is-bundled",
      comment:
        "What runs in a browser is one file of its own, with all that it takes in it; the service serves it and loads nothing of it.",
      severity: "error",
      from: { path: "^server/page/browser/" },
      to: { pathNot: "^server/page/browser/|^library/client-calls\\.ts$|^node_modules/(preact|openapi-fetch|openapi-typescript-helpers)/" },
    },
    {
      name: "page-is-not-loaded",
      severity: "error",
      from: { pathNot: "^(server/page/browser|test|dev)/" },
      to: { path: "^server/page/browser/|^node_modules/preact/" },
    },
    {
      name: "one-cloud-each",
      comment: "Providers know nothing of each other, and share what any machine needs.",
      severity: "error",
      from: { path: "^providers/([^/]+)/" },
      to: { path: "^providers/[^/]+/", pathNot: ["^providers/$1/", "^providers/(machines|asking)/", "^providers/openstack/"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    tsConfig: { fileName: "tsconfig.json" },
    // Imports of types count: they too decide what a user has to install.
    tsPreCompilationDeps: true,
    exclude: { path: "^dist/" },
    // Doors of ES modules that are required; some packages are there for `import` alone.
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "require", "node", "default", "types"] },
  },
};
