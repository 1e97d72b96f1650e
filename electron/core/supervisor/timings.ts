/** Every deadline and interval of the supervisor in ms, measured by the monotonic clock; tests shorten them. */
export type Timings = {
  /** How often the stall deadline (the plan's own) is looked at. */
  stallCheckMs: number
  /** Between two health requests while loading, and the limit of each. */
  healthEveryMs: number
  healthTimeoutMs: number
  /** Limit of the one-token probe: a first token on a busy CPU has been seen to take a minute. */
  probeMs: number
  /** Health while ready: interval, limit of each request, and misses in a row after which it is ended. */
  liveEveryMs: number
  liveTimeoutMs: number
  liveMisses: number
  /** Longest polite wait for one that is ended because it is of no use. */
  failureGraceMs: number
  /** Between the second TERM and KILL. */
  secondSignalMs: number
  /** After KILL; then it is `stuck`. */
  killWaitMs: number
  residentEveryMs: number
  /** Changes of progress or memory are told at most this often. */
  changesEveryMs: number
}

export const defaultTimings: Timings = {
  stallCheckMs: 250,
  healthEveryMs: 250,
  healthTimeoutMs: 2_000,
  probeMs: 120_000,
  liveEveryMs: 5_000,
  liveTimeoutMs: 5_000,
  liveMisses: 3,
  failureGraceMs: 3_000,
  secondSignalMs: 2_000,
  killWaitMs: 10_000,
  residentEveryMs: 2_000,
  changesEveryMs: 100,
}
