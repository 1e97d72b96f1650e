/** Time as a dependency: `wall` for display and storage, `monotonicMs` for every deadline and measurement. */
export type Clock = {
  /** ISO 8601, UTC. */
  wall(): string
  monotonicMs(): number
}

export const systemClock: Clock = {
  wall: () => new Date().toISOString(),
  monotonicMs: () => performance.now(),
}
