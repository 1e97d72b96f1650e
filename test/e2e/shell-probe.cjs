// Main process of the old shell's test: runs the app's own main, then tries from within the page what must not work.
// Not through Playwright, whose hold on new targets hangs this old Electron when a window is refused.
const { app, BrowserWindow, shell } = require('electron')
const { writeFileSync } = require('fs')

// No browser is there to be opened, so what would be opened is written down.
const opened = []
shell.openExternal = address => Promise.resolve(void opened.push(address))
let downloads = 0
app.on('session-created', session =>
  session.on('will-download', (_event, item) => item.once('done', (_done, state) => (downloads += state === 'completed' ? 1 : 0))),
)

require(process.env.PROBE_MAIN)

const pause = ms => new Promise(resolve => setTimeout(resolve, ms))
const opens = address => `window.open(${JSON.stringify(address)}); true`
const leaves = address => `location.href = ${JSON.stringify(address)}; true`
const outside = ['https://example.invalid/help', 'file:///etc/passwd', 'smb://host/share', 'javascript:alert(1)', 'about:blank']

async function probe() {
  let window
  while (!(window = BrowserWindow.getAllWindows()[0]) || window.webContents.isLoading()) await pause(50)
  const { webContents } = window
  const before = webContents.getURL()
  for (const address of outside) await webContents.executeJavaScript(opens(address), true)
  for (const address of ['https://example.invalid/', 'file:///etc/passwd', 'data:text/html,<p>']) {
    await webContents.executeJavaScript(leaves(address), true)
    await pause(200)
  }
  await webContents.executeJavaScript(
    `{ const link = document.createElement('a'); link.href = './index.html'; link.download = 'page.html'; link.click(); true }`,
    true,
  )
  await pause(300)
  const windows = BrowserWindow.getAllWindows().length
  writeFileSync(process.env.PROBE_OUT, JSON.stringify({ before, after: webContents.getURL(), windows, opened, downloads }))
}

app
  .whenReady()
  .then(probe)
  .then(
    () => app.quit(),
    error => {
      console.error(error)
      app.exit(1)
    },
  )
