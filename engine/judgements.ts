import { isOfPlan, parseApproval } from "../model/guard/approvals";
import type { Approved, Verdict } from "../model/guard/verdict";
import type { Problem } from "../model/problems";

/** What the programs of one command found about its approvals: the stacks of an environment's layers are judged one by one. */
export class Judgements {
  private readonly found = new Map<string, Approved>();
  private readonly counted = new Set<string>();
  private vain: readonly Problem[] | undefined;

  /** @param onApproved told of each dangerous change that is let through, once */
  constructor(private readonly onApproved: (approved: Approved) => void = () => {}) {}

  add({ approved, unused }: Verdict): void {
    for (const one of approved) {
      const id = `${one.approval} ${one.path}`;
      if (this.found.has(id)) continue;
      this.found.set(id, one);
      this.onApproved(one);
    }
    this.vain = this.vain?.filter(({ path }) => unused.some((one) => one.path === path)) ?? unused;
  }

  /** Notes approvals of facts (`absent`, `cluster:lost`) that counted. */
  count(approvals: readonly string[]): void {
    for (const approval of approvals) this.counted.add(approval);
  }

  /** The dangerous changes that were let through. */
  get approved(): readonly Approved[] {
    return [...this.found.values()];
  }

  /** What is to be said of the approvals of this command that let nothing through in any layer. */
  unused(environment: string, given: readonly string[]): Problem[] {
    const facts = given.filter((text) => {
      const approval = parseApproval(text);
      return approval && !isOfPlan(approval) && !this.counted.has(text);
    });
    const reason = "lets nothing through: nothing here is waiting for it";
    return [
      ...(this.vain ?? []),
      ...facts.map((text): Problem => ({ environment, path: `approval ${text}`, reason, remedy: "leave it out", severity: "warning" })),
    ];
  }
}
