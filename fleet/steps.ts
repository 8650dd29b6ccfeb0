import type { Operation } from "../model/fleet/decide";
import type { Ended } from "../model/fleet/records";

/** Whoever does the steps of a run: processes of this machine, or somebody who is asked to. What was begun outlives the runner. */
export interface Steps {
  /** Begins a step, and tells how it ended. */
  launch(operation: Operation): Promise<Ended>;
  /** Tells how a step ended that an earlier runner began: waits for it where it is still under way. */
  look(operation: Operation): Promise<Ended>;
  /** Asks one to end in order. */
  end(operation: Operation): void;
  /** Asks all to end in order. */
  endAll(): void;
}
