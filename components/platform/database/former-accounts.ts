import type { ComponentResourceOptions, Output } from "@pulumi/pulumi";
import { serviceType } from "../../../model/type-tokens";
import type { PlannedArgs } from "../args";
import { DatabaseService } from "./database";
import type { StatementsJob } from "./statements";

/** How the accounts end that others have taken the place of. */
export interface Ending {
  readonly job: StatementsJob;
  /** What each account in use runs for those that were before it, and its settings. Secret. */
  readonly files: Output<Readonly<Record<string, string>>>;
}

/**
 * The end of the accounts that were in use before a rotation: once everybody is there that used them (`after`), and by then uses their successors,
 * the successors end them, and the connections that are still open.
 */
export class FormerAccounts extends DatabaseService {
  constructor(name: string, { job, files, ...args }: PlannedArgs & Ending, opts?: ComponentResourceOptions) {
    super(serviceType("FormerAccounts"), name, args, opts);
    this.runStatements(job, files);
    this.registerOutputs({});
  }
}
