/* What a control plane grants of the lease (`lease.ts`), by its own clock. */

/** What one control plane knows. */
export interface LeaseState {
  readonly lease?: {
    readonly run: string;
    readonly holder: string;
    readonly boot: string;
    readonly renewed: number;
    readonly seconds: number;
    /** The latest of the run's turns that it was granted at. */
    readonly turn?: number;
  };
  readonly members?: Members;
}

/** The control planes that count. */
export interface Members {
  /** Higher each time it is written. */
  readonly epoch: number;
  readonly hosts: readonly string[];
}

/** A control plane's clock: seconds since it booted, and which boot that was. */
export interface BootClock {
  readonly boot: string;
  readonly uptime: number;
}

export type LeaseRequest =
  /**
   * Takes or renews the lease. `breaking`: the run whose lease is to be broken for it. `again`: only where it is this run's already, so that no
   * other can have worked since. `turn`: counts what the run asks for.
   */
  | {
      readonly op: "hold";
      readonly run: string;
      readonly holder: string;
      readonly seconds: number;
      readonly breaking?: string;
      readonly again?: boolean;
      readonly turn?: number;
    }
  /** Writes down which control planes count; for the lease's holder only. */
  | { readonly op: "members"; readonly run: string; readonly members: Members }
  /** Gives back what was granted up to a turn: it may arrive after a later one. @default whatever was granted */
  | { readonly op: "release"; readonly run: string; readonly turn?: number };

export interface LeaseAnswer {
  /** Whether it was done: the lease is this run's, or was given back. */
  readonly granted: boolean;
  /** The lease after the request, with the seconds until it ends by itself. */
  readonly lease?: { readonly run: string; readonly holder: string; readonly seconds: number };
  readonly members?: Members;
}

/** What a control plane answers, and what it knows afterwards. The script on the hosts (`lease-script.ts`) does the same. */
export function answer(
  state: LeaseState,
  request: LeaseRequest,
  clock: BootClock,
): { readonly state: LeaseState; readonly answer: LeaseAnswer } {
  const after = decide(state, request, clock);
  const { lease, members } = after.state;
  return {
    state: after.state,
    answer: {
      granted: after.granted,
      ...(lease ? { lease: { run: lease.run, holder: lease.holder, seconds: secondsLeft(lease, clock) } } : {}),
      ...(members ? { members } : {}),
    },
  };
}

function decide(
  state: LeaseState,
  request: LeaseRequest,
  { boot, uptime }: BootClock,
): { readonly state: LeaseState; readonly granted: boolean } {
  const { lease, members } = state;
  const kept = members ? { members } : {};
  const ours = lease?.run === request.run;
  switch (request.op) {
    case "hold": {
      const free = !lease || lease.run === request.breaking || secondsLeft(lease, { boot, uptime }) <= 0;
      if (!ours && (request.again || !free)) return { state, granted: false };
      const { run, holder, seconds } = request;
      const turn = Math.max(request.turn ?? 0, (ours && lease.turn) || 0);
      return { state: { ...kept, lease: { run, holder, boot, renewed: uptime, seconds, turn } }, granted: true };
    }
    case "members":
      if (!ours) return { state, granted: false };
      return { state: members && members.epoch > request.members.epoch ? state : { ...state, members: request.members }, granted: true };
    case "release":
      return { state: ours && (lease.turn ?? 0) <= (request.turn ?? Number.POSITIVE_INFINITY) ? kept : state, granted: true };
  }
}

/** A lease from before the host's last boot counts from that boot on: how long it was off, nobody knows. */
function secondsLeft(lease: NonNullable<LeaseState["lease"]>, { boot, uptime }: BootClock): number {
  return (lease.boot === boot ? lease.renewed : 0) + lease.seconds - uptime;
}
