/**
 * When a runtime that ended by itself is started again. First delay 1 s, since systemd's 100 ms uses up a budget at once;
 * doubled each time, capped, with jitter; a budget that decays, as systemd's StartLimitIntervalSec does.
 */
export type RestartPolicy = {
  firstDelayMs: number
  maxDelayMs: number
  /** Share of the delay by which it may differ, so that several do not come back at the same moment. */
  jitter: number
  budget: number
  budgetWindowMs: number
  /** Ready for this long, and earlier failures are forgotten. */
  forgivenAfterMs: number
  /** Starts in a row that may be repeated at once because the port was taken in between. */
  portAttempts: number
}

export const restartPolicy: RestartPolicy = {
  firstDelayMs: 1_000,
  maxDelayMs: 60_000,
  jitter: 0.2,
  budget: 5,
  budgetWindowMs: 600_000,
  forgivenAfterMs: 600_000,
  portAttempts: 3,
}

/** Delay in ms before the next start after `failures` failures in a row; `random` is in 0..1. */
export function backoffDelayMs(policy: RestartPolicy, failures: number, random: number): number {
  const delay = Math.min(policy.maxDelayMs, policy.firstDelayMs * 2 ** Math.max(0, failures - 1))
  return Math.round(delay * (1 + policy.jitter * (2 * random - 1)))
}

/** The starts (monotonic ms) that still count against the budget. */
export function countedStarts(policy: RestartPolicy, starts: readonly number[], nowMs: number): number[] {
  return starts.filter(startedMs => nowMs - startedMs < policy.budgetWindowMs)
}
