/** Third argument of the guard's shell, by which it is told apart from the runtime in a list of processes. */
export const guardName = 'roundhouse-guard'

/**
 * Starts a runtime so that it cannot outlive the app, with nothing but POSIX sh. Arguments: marker, grace in seconds,
 * then the executable and its arguments, which are never looked at by the shell.
 *
 * The app's pipe is descriptor 3 (not stdin, which Node closes by itself when the runtime exits). The shell leaves a watcher
 * behind in its own process group and then becomes the runtime by `exec`: so the pid, the exit code and the signal are the
 * runtime's own. The watcher reads until the
 * end of the pipe, which comes when the app closes it or dies, whichever way. Then the group gets TERM, a grace, and KILL;
 * whoever left the group but still carries the marker (Linux) is killed too. Should that search hang, the group is killed all the same.
 * oom_score_adj (proc(5)): when memory runs out the kernel takes the runtime before the app; silent where there is none.
 */
export const guardScript = `
(
  trap '' TERM INT HUP
  while read -r ignored <&3; do :; done
  kill -TERM 0
  sleep "$2"
  ( sleep 1; kill -KILL 0 ) &
  for found in $(grep -slF "RH_RUN_ID=$1" /proc/[0-9]*/environ); do
    found=\${found#/proc/}
    kill -KILL "\${found%/environ}"
  done
  kill -KILL 0
) </dev/null >/dev/null 2>&1 &
{ echo 500 >"/proc/$$/oom_score_adj"; } 2>/dev/null
RH_RUN_ID=$1
export RH_RUN_ID
shift 2
exec "$@" 3<&-
`

/** The same for a tool, whose pipe is stdin: Node closes it when the tool ends, and what the tool started ends then too. */
export const toolGuardArguments = (marker: string, graceMs: number, command: readonly string[]): string[] => {
  const [option = '-c', script = '', ...rest] = guardArguments(marker, graceMs, command)
  return [option, `exec 3<&0 </dev/null\n${script}`, ...rest]
}

/** What /bin/sh is given. `graceMs` is held to 0.5 s: the promise is that nothing lives 1 s after the app. */
export function guardArguments(marker: string, graceMs: number, command: readonly string[]): string[] {
  const graceSeconds = (Math.min(Math.max(graceMs, 0), 500) / 1000).toFixed(2)
  return ['-c', guardScript, guardName, marker, graceSeconds, ...command]
}
