const MUST_END_WITHIN_MS = 25_000

/** SIGINT, SIGTERM and SIGHUP end the host politely; a second one, or too long a wait, ends it at once. */
export function endOnSignals(end: () => Promise<void>) {
  let asked = false
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(1)
      asked = true
      setTimeout(() => process.exit(1), MUST_END_WITHIN_MS).unref()
      void end()
    })
  }
}

/** A fault nobody caught: written down, runtimes stopped, exit other than 0. Going on half-dead would be worse. */
export function raiseOnFaults(report: (error: unknown) => void, end: () => Promise<void>) {
  const fault = (error: unknown) => {
    report(error)
    process.exitCode = 1
    setTimeout(() => process.exit(1), 5_000).unref()
    void end().finally(() => process.exit(1))
  }
  // Whoever read what it prints has gone, or the disk behind it is full: no reason to end what runs.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined)
  process.on('uncaughtException', fault)
  process.on('unhandledRejection', fault)
}
