// Plain JavaScript that every Node since 14 can read, so that one too old says so in a sentence instead of a syntax error.
import { fileURLToPath } from 'url'

// 24.15, as `engines` of package.json says: the least that all packages `npm ci` installs are made for (jsdom, for the tests).
const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(
    'Roundhouse needs Node 24.15 or newer and found ' +
      process.versions.node +
      ': install it from nodejs.org, then run the command again ' +
      '(on Linux x64, `npm ci` brings it and `npm run` uses it).',
  )
  process.exit(3)
}
const [command, ...rest] = process.argv.slice(2)
const file = new URL(`./${command}.ts`, import.meta.url)
// As if Node had been started with that file.
process.argv.splice(1, process.argv.length, fileURLToPath(file), ...rest)
await import(file.href)
