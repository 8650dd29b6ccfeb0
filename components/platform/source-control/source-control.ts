import type { ComponentResourceOptions } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { applicationsFor } from "../applications/application";
import { Applications } from "../applications/applications";
import { planned } from "../args";
import { SCM_MANAGER, SOURCE_CONTROL, SOURCE_CONTROL_APPS } from "./apps";
import type { SourceControlArgs } from "./args";
import { sourceControlConfig, sourceControlSecrets } from "./settings";

/** K-PaaS's source control: its own applications in front of SCM-Manager, which keeps Git and Subversion repositories. */
export class SourceControl extends Applications {
  constructor(name: string, given: SourceControlArgs, opts?: ComponentResourceOptions) {
    const args = planned("sourceControl", given);
    super(SOURCE_CONTROL, serviceType("SourceControl"), name, args, opts);
    const { plan, ingress, realm, trust } = args;
    const url = `https://${this.hostOf()}`;
    this.createNamespace("restricted", { retain: args.retainData });
    this.allowCertificateChecks(ingress);
    const manager = this.successivePasswords("manager-password");
    const apps = applicationsFor(SOURCE_CONTROL_APPS, plan.images, args.broker ? ["cloudFoundry"] : []);
    this.createApplications(apps, {
      config: sourceControlConfig(args, url),
      secrets: sourceControlSecrets(args, manager.at(-1)!),
      administrators: { [SCM_MANAGER.name]: manager },
      authorities: trust === undefined ? {} : { platform: trust },
      ingress,
      hosts: [new URL(realm.url).hostname],
      storageClass: args.storageClass,
      protectData: args.protectData,
      retainData: args.retainData,
      sticky: plan.replicas > 1,
    });
    this.registerOutputs({ url: this.url });
  }
}
