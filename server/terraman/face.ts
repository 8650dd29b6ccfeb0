import type { Accounts } from "../accounts/accounts";
import type { Trail } from "../audit/trail";
import type { Database } from "../data/database";
import type { Repository } from "../git/repository";
import type { SecretStore } from "../secrets/store";
import type { Addresses } from "../webhooks/address";
import type { Work } from "../work/work";

/** What K-PaaS's calls are answered by. */
export interface Face {
  readonly database: Database;
  readonly secrets: SecretStore;
  readonly accounts: Accounts;
  readonly trail: Pick<Trail, "append">;
  readonly repository: Pick<Repository, "root" | "change">;
  readonly work: Pick<Work, "ask" | "wake">;
  /** Where clusters may be that are registered. */
  readonly addresses: Addresses;
}
