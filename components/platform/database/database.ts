import { StatefulSet } from "@pulumi/kubernetes/apps/v1/statefulSet";
import { Job } from "@pulumi/kubernetes/batch/v1/job";
import { PersistentVolumeClaim } from "@pulumi/kubernetes/core/v1/persistentVolumeClaim";
import type { core } from "@pulumi/kubernetes/types/input";
import { type Input, interpolate, jsonStringify, type Output, type Resource } from "@pulumi/pulumi";
import { MeasuredService } from "../measured-service";
import { claimSpec, fromNamespace, secretHash, selectorLabels } from "../objects";
import type { AccountSpec, DatabaseArgs, Passwords } from "./args";
import { type StatementsJob, statementsJob } from "./statements";

/** What the database servers share: an account with a generated password for each consumer, and jobs that run statements as them. */
export abstract class DatabaseService extends MeasuredService {
  /** The consumers, each with the account that the plan's rotation gives it. */
  protected rotated<S extends AccountSpec>(specs: Readonly<Record<string, S>>): Readonly<Record<string, S>> {
    const { rotation } = this.plan;
    if (rotation === undefined) return specs;
    return Object.fromEntries(Object.entries(specs).map(([consumer, spec]) => [consumer, { ...spec, rotation }]));
  }

  /** Whether accounts have taken the place of others, which are to end. */
  protected hasFormer(specs: Readonly<Record<string, AccountSpec>>): boolean {
    return this.plan.rotation !== undefined && Object.keys(specs).length > 0;
  }

  /** A password for each account, by the name that the first one has. */
  protected accountPasswords(specs: Readonly<Record<string, AccountSpec>>): Passwords {
    const users = [...new Set(Object.values(specs).map(({ user }) => user))];
    return Object.fromEntries(users.map((user) => [user, this.rotatedPassword(`${user}-password`)]));
  }

  /** Lets its clients and its own jobs connect. */
  protected allowClients(
    selector: Readonly<Record<string, string>>,
    port: number,
    jobs: { readonly schemas: string; readonly former: string; readonly accounts?: string },
    clients: readonly string[],
  ): void {
    const { schemas, former, accounts } = jobs;
    const names = [schemas, ...(accounts === undefined ? [] : [accounts]), ...(this.plan.rotation === undefined ? [] : [former])];
    const own = names.map((job) => ({ podSelector: { matchLabels: { ...selectorLabels(job) } } }));
    this.allowIngress("allow-clients", selector, [port], [...own, ...clients.map(fromNamespace)]);
  }

  /** The volume of a single server. */
  protected dataClaim(
    name: string,
    workload: string,
    sizeGiB: number,
    { storageClass, protectData, retainData }: DatabaseArgs,
  ): PersistentVolumeClaim {
    return new PersistentVolumeClaim(
      this.childName("data"),
      {
        metadata: this.metadata(name, workload),
        spec: claimSpec(storageClass, this.plan.sizeGiB ?? sizeGiB),
      },
      this.deletedFirst({ protect: protectData || this.protectsData, ...(retainData ? { retainOnDelete: true } : {}) }),
    );
  }

  /** The one server, whose data are in that claim. What it reads at start is in the annotations, so that anything else makes another pod. */
  protected singleServer(
    workload: string,
    serviceName: string,
    annotations: Readonly<Record<string, Input<string>>>,
    pod: core.v1.PodSpec,
    needed: readonly Resource[],
  ): StatefulSet {
    return new StatefulSet(
      this.childName("server"),
      {
        metadata: this.metadata(workload, workload),
        spec: {
          replicas: 1,
          serviceName,
          selector: { matchLabels: { ...selectorLabels(workload) } },
          template: { metadata: { labels: this.podLabels(workload), annotations: { ...annotations } }, spec: pod },
        },
      },
      // A claim goes when no pod holds it any more, so its pod goes first too.
      this.deletedFirst({ dependsOn: [...needed] }),
    );
  }

  /** Runs statements once those are there that it waits for, and again whenever they change. */
  protected runStatements(
    job: StatementsJob,
    files: Output<Readonly<Record<string, string>>>,
    waitsFor: readonly Resource[] = [],
  ): Resource {
    const { workload, role } = job;
    const stored = this.secret(job.secretRole, job.secret, workload, files);
    // A job cannot be changed, so what it is and what it runs are in its name: any change makes another one.
    const spec = statementsJob(this.plan, job, this.serviceAccount(`${role}-account`, workload), this.podLabels(workload));
    const name = interpolate`${workload}-${secretHash(jsonStringify(files), JSON.stringify(spec))}`;
    return new Job(
      this.childName(role),
      { metadata: this.metadata(name, workload), spec },
      this.inCluster({ dependsOn: [...waitsFor, stored] }),
    );
  }
}
