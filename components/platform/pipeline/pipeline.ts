import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { applicationsFor } from "../applications/application";
import { Applications } from "../applications/applications";
import { planned } from "../args";
import { JENKINS, PIPELINE, PIPELINE_APPS, SONARQUBE } from "./apps";
import type { PipelineArgs } from "./args";
import { pipelineConfig, pipelineSecrets } from "./settings";

/** The K-PaaS pipeline: its own applications, with Jenkins that builds and SonarQube that inspects. */
export class Pipeline extends Applications {
  constructor(name: string, given: PipelineArgs, opts?: ComponentResourceOptions) {
    const args = planned("pipeline", given);
    super(PIPELINE, serviceType("Pipeline"), name, args, opts);
    const { plan, ingress, realm, trust, privileged = false } = args;
    const url = `https://${this.hostOf()}`;
    this.createNamespace(privileged ? "privileged" : "restricted", { retain: args.retainData });
    this.allowCertificateChecks(ingress);
    const inspection = this.successivePasswords("inspection-password");
    const rows = applicationsFor(PIPELINE_APPS, plan.images, args.cloudFoundryUrl === undefined ? [] : ["cloudFoundry"]);
    const apps = rows.map((app) => (privileged && app.name === JENKINS.name ? { ...app, privileged } : app));
    this.createApplications(apps, {
      config: pipelineConfig(args, url),
      secrets: pipelineSecrets(args, {
        programs: this.rotatedPassword("programs-password"),
        jenkins: this.rotatedPassword("jenkins-password"),
        inspection: inspection.at(-1)!,
      }),
      administrators: { [SONARQUBE.name]: inspection },
      authorities: trust === undefined ? {} : { platform: trust },
      ingress,
      hosts: [new URL(realm.url).hostname, args.registry.registry],
      ...(args.networks ? { networks: args.networks } : {}),
      storageClass: args.storageClass,
      protectData: args.protectData,
      retainData: args.retainData,
      sticky: plan.replicas > 1,
    });
    this.registerOutputs({ url: this.url });
  }
}
