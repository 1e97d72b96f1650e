/** Names of long flags in a `--help`, as argparse, cobra, kong and commander write it. */
export const parseHelpFlags = (output: string): string[] => [...new Set(output.match(/(?<![\w-])--[a-z][\w-]*/gi) ?? [])]

/** Flags that a person may not set, each group with its reason. */
export const refuse = (...groups: readonly (readonly [readonly string[], string])[]): Record<string, string> =>
  Object.fromEntries(groups.flatMap(([flags, reason]) => flags.map((flag): [string, string] => [flag, reason])))

/** Reasons that are the same for every runtime. */
export const reasons = {
  chosen: 'Roundhouse chooses it, so that it finds the server again.',
  field: 'It has a field of its own in the settings.',
  open: 'It would open files or programs of this machine to whoever reaches the server.',
  visible: 'It would stand on the command line, where everyone on the machine can read it.',
} as const
