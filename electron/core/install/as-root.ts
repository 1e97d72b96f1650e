/** Whether this process has the rights that sudo gives (POSIX user id 0); there is no such id on Windows. */
export const isRoot = (): boolean => process.getuid?.() === 0

/** A command as this person may run it: who is root needs no sudo, and often has none. */
export const asWhoMay = (command: readonly string[], root: boolean): string[] =>
  root && command[0] === 'sudo' ? command.slice(1) : [...command]
