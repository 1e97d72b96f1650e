import * as z from 'zod'

/**
 * Every way an operation may fail that a person can do something about. The window keeps one suggestion per code; the
 * command line prints code, message and suggestion. An expected outcome is never a Failure, it is a value.
 */
export const failureCodes = {
  'bad-input': 'Correct the value and try again.',
  'not-found': 'Look at the list of what exists.',
  'not-installed': 'Install it first.',
  'engine-down': 'Start the container engine, and see that you may use it (on Linux: the group docker).',
  'server-down': 'Start its server, then try again.',
  'build-changed': 'Repair it: it is installed again from the source that its manifest names.',
  'not-available-here': 'Choose another runtime; the reason is given beside it.',
  'not-a-gguf': 'Choose a file in GGUF format, or a folder with safetensors.',
  'model-damaged': 'Download the model again.',
  'model-missing': 'Download the model, or point to where the file is now.',
  'does-not-fit': 'Choose a smaller quantisation, a shorter context or fewer slots.',
  'port-taken': 'Stop the other program, or let Roundhouse choose a port.',
  'did-not-start': 'Read the lines that prove it, then try one of the fixes.',
  'not-ready': 'Wait until the instance is ready.',
  'already-running': 'Use the one that runs.',
  offline: 'Connect to a network, or use what is here already.',
  'download-failed': 'Try again: the download goes on where it stopped.',
  gated: 'Accept its terms on the page of the hub, and set your token in Models.',
  'hash-mismatch': 'The file was removed. Download it again.',
  'disk-full': 'Free some space, or move the models folder.',
  busy: 'Wait for the running job, or cancel it.',
  cancelled: 'Start it again when you want.',
  unauthorised: 'Use the key that Settings shows.',
  'upstream-failed': 'Look at the log of the instance.',
  'home-unusable': 'Name a folder that you may write to in ROUNDHOUSE_HOME, or free some space on its disk.',
  'store-damaged': 'A backup of the damaged file was kept beside it.',
  'store-newer': 'Use the newer version again, or another home folder.',
  unexpected: 'Copy the report and tell us.',
} as const satisfies Record<string, string>

export type FailureCode = keyof typeof failureCodes

export const failureSchema = z.object({
  code: z.string(),
  message: z.string(),
  suggestion: z.string().nullable(),
  /** Id of what it is about, where one is named: a build that wants a repair. */
  subject: z.string().optional(),
})
/** A failure as it crosses a process boundary or is printed with --json. */
export type FailureReport = z.infer<typeof failureSchema>

/** A failure with a code, one plain sentence and, where there is one, its cause. */
export class Failure extends Error {
  readonly code: FailureCode
  readonly subject: string | undefined

  constructor(code: FailureCode, sentence: string, options?: ErrorOptions & { subject?: string }) {
    super(sentence, options)
    this.name = 'Failure'
    this.code = code
    this.subject = options?.subject
  }
}

/** Whatever was thrown, as a report: unknown errors become `unexpected` with their own message. */
export function reportOf(error: unknown): FailureReport {
  const code: FailureCode = error instanceof Failure ? error.code : 'unexpected'
  const message = error instanceof Error ? error.message : String(error)
  const subject = error instanceof Failure ? error.subject : undefined
  return { code, message, suggestion: failureCodes[code], ...(subject === undefined ? {} : { subject }) }
}
