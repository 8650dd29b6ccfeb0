import { type ComponentResourceOptions, type Input, type Output, output, secret } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import { applicationsFor, type Trusted } from "../applications/application";
import { Applications } from "../applications/applications";
import { type Credentials, type PlannedArgs, planned } from "../args";
import { PORTAL, PORTAL_APPS } from "./apps";
import type { PortalArgs } from "./args";
import { portalConfig, portalSecrets } from "./settings";

/** The K-PaaS portal: its own applications, each one there when what it needs is. */
export class Portal extends Applications {
  readonly url: Output<string>;
  /** How its first administrator logs in, where whoever grants the realm says so. */
  readonly credentials: Credentials | undefined;

  constructor(name: string, given: PortalArgs, opts?: ComponentResourceOptions) {
    const args = planned("portal", given);
    super(PORTAL, serviceType("Portal"), name, args, opts);
    const { plan, ingress, keycloakHost, storageClass } = args;
    const url = `https://${this.hostOf()}`;
    this.url = output(url);
    const { administrator } = args.realm;
    this.credentials = administrator && { ...administrator, password: secret(administrator.password), where: url };
    this.createNamespace("restricted");
    this.allowCertificateChecks(ingress);
    const apps = applicationsFor(PORTAL_APPS, plan.images, [
      ...(args.vault ? (["vault"] as const) : []),
      ...(args.charts ? (["charts"] as const) : []),
      ...(args.chaosDashboardUrl === undefined ? [] : (["chaos"] as const)),
    ]);
    this.createApplications(apps, {
      config: portalConfig(args, url),
      secrets: portalSecrets(args, {
        jwt: this.rotatedPassword("jwt-secret", 128),
        commonApi: this.rotatedPassword("common-api-password"),
      }),
      authorities: authoritiesOf(args),
      ingress,
      hosts: [keycloakHost],
      storageClass,
      sticky: plan.replicas > 1,
    });
    this.registerOutputs({ url: this.url });
  }
}

/** Who vouches for whom the applications call, where no public authority does. PEM. */
function authoritiesOf({ trust, vault, database }: PlannedArgs<PortalArgs>): Partial<Record<Trusted, Input<string>>> {
  return {
    ...(trust === undefined ? {} : { platform: trust }),
    ...(vault === undefined ? {} : { vault: vault.ca }),
    ...(database.ca === undefined ? {} : { database: database.ca }),
  };
}
