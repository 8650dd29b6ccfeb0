import { openPorts, singles } from "../applications/application";
import { defineService, keptData, WHOLE_PROFILES } from "../define-service";
import { PROXY_SPEAKS } from "../mesh";
import { SOURCE_CONTROL_APPS } from "./apps";
import { sourceControlBackup } from "./backup";
import { sourceControlTables } from "./schema";

export const sourceControl = defineService({
  name: "sourceControl",
  title: "K-PaaS source control",
  about: "keeps Git and Subversion repositories, by SCM-Manager",
  profiles: WHOLE_PROFILES,
  replicas: "profile",
  enlistedFor: ["mesh"],
  single: singles(SOURCE_CONTROL_APPS),
  autoscaling: () => ({ by: "nobody", reason: "sessions are in the memory of the pod that began them, and end with it" }),
  host: "scm",
  keeps: "data",
  backup: sourceControlBackup,
  rotates: [{ secret: "the password of SCM-Manager's administrator", how: "one", restarts: ["itself"], seconds: 60 }],
  away: ({ replicas }) => (replicas > 1 ? 0 : 60),
  needs: {
    ingress: ({ host }) => ({ host }),
    storage: () => ({}),
    trust: () => ({}),
    // The URL by which its programs find the database is compiled in but for host and port, and says nothing of TLS.
    mysql: () => ({ schema: "cp_scm", tables: sourceControlTables(), openly: true }),
    identity: ({ host }) => ({ url: `https://${host}` }),
  },
  speaks: { ...openPorts(SOURCE_CONTROL_APPS), ...PROXY_SPEAKS },
  unscraped: {
    "cp-source-control-ui-deployment":
      "nothing says at which path K-PaaS's programs would; requests among those in the mesh their proxies count",
    "cp-source-control-api-deployment":
      "nothing says at which path K-PaaS's programs would; requests among those in the mesh their proxies count",
    "cp-source-control-manager-deployment": "SCM-Manager counts by a plugin, and nothing says that K-PaaS's image has it",
  },
  calls: [],
  create: (name, { common, granted, environment }, opts) => {
    const { SourceControl } = require("./source-control") as typeof import("./source-control");
    const { ingress, storage, trust, mysql, identity } = granted;
    return new SourceControl(
      name,
      {
        ...common,
        ingress,
        database: mysql,
        realm: identity,
        storageClass: storage.className,
        ...keptData(environment),
        ...(trust.certificates ? { trust: trust.certificates } : {}),
      },
      opts,
    );
  },
});
