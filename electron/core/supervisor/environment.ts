import { delimiter } from 'node:path'

/** Passed on to runtimes; everything else of the app's environment (secrets, NODE_OPTIONS, LD_PRELOAD, PYTHON*) stays here. */
const names = new Set([
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'TZ', 'TMPDIR', 'TMP', 'TEMP'],
  ...['XDG_RUNTIME_DIR', 'XDG_CACHE_HOME', 'XDG_DATA_HOME', 'XDG_CONFIG_HOME'],
  ...['CUDA_VISIBLE_DEVICES', 'CUDA_DEVICE_ORDER', 'CUDA_HOME', 'CUDA_PATH', 'NVIDIA_VISIBLE_DEVICES', 'NVIDIA_DRIVER_CAPABILITIES'],
  ...['GPU_DEVICE_ORDINAL', 'HSA_OVERRIDE_GFX_VERSION', 'ONEAPI_DEVICE_SELECTOR', 'ZE_AFFINITY_MASK', 'GGML_VK_VISIBLE_DEVICES'],
  ...['VK_ICD_FILENAMES', 'VK_DRIVER_FILES'],
  ...['HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY', 'ALL_PROXY', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'],
  ...['HF_HUB_OFFLINE', 'HF_HOME'],
  // Without these no program starts on Windows.
  ...['SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'USERPROFILE', 'APPDATA', 'LOCALAPPDATA', 'PROGRAMDATA'],
  ...['PROGRAMFILES', 'PROGRAMFILES(X86)', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE', 'PROCESSOR_IDENTIFIER'],
])
const prefixes = ['LC_', 'HIP_', 'ROCR_']

/** The environment of a runtime: what is allowed of the app's own, and what its plan adds. */
export function environmentFor(own: NodeJS.ProcessEnv, plan: Readonly<Record<string, string>>): Record<string, string> {
  const environment: Record<string, string> = {}
  for (const [name, value] of Object.entries(own)) {
    if (value !== undefined && isAllowed(name, own)) environment[name] = value
  }
  return { ...environment, ...plan }
}

/** The same with a folder searched before the PATH. */
export function withPrograms(environment: Record<string, string>, folder: string | null): Record<string, string> {
  if (folder === null) return environment
  const name = Object.keys(environment).find(each => each.toUpperCase() === 'PATH') ?? 'PATH'
  return { ...environment, [name]: [folder, environment[name] ?? ''].filter(each => each !== '').join(delimiter) }
}

function isAllowed(name: string, own: NodeJS.ProcessEnv): boolean {
  const upper = name.toUpperCase()
  // A CUDA or ROCm set up by hand is found through it; inside an AppImage it names the app's libraries instead.
  if (upper === 'LD_LIBRARY_PATH') return own['APPIMAGE'] === undefined
  return names.has(upper) || prefixes.some(prefix => upper.startsWith(prefix))
}
