import { openPorts, singles } from "../applications/application";
import { memoryOf, memoryOption } from "../applications/memory";
import { defineService, keptData, WHOLE_PROFILES } from "../define-service";
import { PROXY_SPEAKS } from "../mesh";
import { JENKINS, PIPELINE_APPS, SONARQUBE } from "./apps";
import { pipelineBackup } from "./backup";
import { pipelineTables } from "./schema";

/** What needs memory by what is built and inspected, by the option's name for it. */
const PARTS = { jenkins: JENKINS.name, sonarqube: SONARQUBE.name };

export const pipeline = defineService({
  name: "pipeline",
  title: "K-PaaS pipeline",
  about: "builds, inspects and deploys applications, with Jenkins and SonarQube",
  profiles: WHOLE_PROFILES,
  replicas: "profile",
  enlistedFor: ["mesh"],
  single: singles(PIPELINE_APPS),
  autoscaling: () => ({ by: "nobody", reason: "sessions are in the memory of the pod that began them, and end with it" }),
  host: "pipeline",
  keeps: "data",
  backup: pipelineBackup,
  rotates: [
    {
      secret: "the password among its programs, and those of its accounts at Jenkins and SonarQube",
      how: "one",
      restarts: ["itself"],
      seconds: 180,
    },
  ],
  away: ({ replicas }) => (replicas > 1 ? 0 : 120),
  options: (z) => ({
    privileged: z
      .boolean()
      .optional()
      .describe(
        "Whether Jenkins has all rights on its node, as K-PaaS runs it: its image builds others by a container engine of its own. Its namespace admits privileged pods then. Default: false, and jobs that build images may fail.",
      ),
    memory: memoryOption(z, PARTS),
  }),
  parts: memoryOf(PARTS),
  unsafe: ({ privileged }) =>
    privileged === true
      ? [
          {
            field: "privileged",
            reason:
              "whoever may write a job of the pipeline's can become root of the node that Jenkins runs on, and namespace cp-pipeline refuses no pod",
            remedy:
              "keep Jenkins to nodes of its own by nodeSelector, and jobs to people you would give those; or leave it out, and build images elsewhere",
          },
        ]
      : [],
  needs: {
    ingress: ({ host }) => ({ host }),
    storage: () => ({}),
    trust: () => ({}),
    // The URL by which its programs find the database is compiled in but for host and port, and says nothing of TLS.
    mysql: () => ({ schema: "delivery_pipeline", tables: pipelineTables(), openly: true }),
    postgres: () => ({ database: "sonar" }),
    identity: ({ host }) => ({ url: `https://${host}` }),
    registryProject: () => ({ project: "cp-pipeline", access: "push" }),
  },
  speaks: { ...openPorts(PIPELINE_APPS), ...PROXY_SPEAKS },
  unscraped: {
    "cp-pipeline-ui-deployment": "nothing says at which path K-PaaS's programs would; requests among those in the mesh their proxies count",
    "cp-pipeline-api-deployment":
      "nothing says at which path K-PaaS's programs would; requests among those in the mesh their proxies count",
    "cp-pipeline-common-api-deployment":
      "nothing says at which path K-PaaS's programs would; requests among those in the mesh their proxies count",
    "cp-pipeline-inspection-api-deployment":
      "nothing says at which path K-PaaS's programs would; requests among those in the mesh their proxies count",
    "cp-pipeline-config-server-deployment":
      "nothing says at which path K-PaaS's programs would; requests among those in the mesh their proxies count",
    "cp-pipeline-jenkins-deployment": "Jenkins counts by a plugin, and nothing says that K-PaaS's image has it",
    "cp-pipeline-sonarqube-deployment":
      "SonarQube 8.5 has no page of numbers, which came with 9.3, for whoever has a password of the system's",
  },
  // Jenkins calls outside; its component opens that to it alone.
  calls: [],
  create: (name, { common, options: { privileged }, granted, environment }, opts) => {
    const { Pipeline } = require("./pipeline") as typeof import("./pipeline");
    const { ingress, storage, trust, mysql, postgres, identity, registryProject } = granted;
    return new Pipeline(
      name,
      {
        ...common,
        ingress,
        database: mysql,
        inspectionDatabase: postgres,
        realm: identity,
        registry: registryProject,
        networks: [environment.network.podCidr, environment.network.serviceCidr],
        storageClass: storage.className,
        ...keptData(environment),
        ...(privileged === undefined ? {} : { privileged }),
        ...(trust.certificates ? { trust: trust.certificates } : {}),
      },
      opts,
    );
  },
});
