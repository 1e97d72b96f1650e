const rule = (name, from, to) => ({ name, severity: 'error', from: { path: from }, to: { path: to } })
module.exports = {
  forbidden: [
    rule('contract-imports-nothing-of-ours', '^electron/contract', '^(electron/(core|shell|transport)|renderer|test)'),
    {
      name: 'only-the-shell-knows-electron',
      severity: 'error',
      from: { path: '^(electron|renderer)/', pathNot: '^electron/(main|preload|shell/)' },
      to: { path: '^electron$|node_modules/electron/' },
    },
    rule('core-knows-no-shell', '^electron/core', '^(electron/(shell|transport)|renderer)'),
    rule('shell-has-no-core', '^electron/(shell|main|preload)', '^electron/core'),
    rule('renderer-sees-only-the-contract', '^renderer', '^electron/(?!contract)'),
    rule('ui-has-no-domain', '^renderer/ui/', '^(renderer/(features|client)|electron)'),
    {
      name: 'features-are-strangers',
      severity: 'error',
      from: { path: '^renderer/features/([^/]+)/' },
      to: { path: '^renderer/features/(?!$1/|shared/)' },
    },
    {
      name: 'adapters-are-strangers',
      severity: 'error',
      from: { path: '^electron/core/runtimes/(?!registry|runtime|launch|facts|conformance-card)([^./]+)' },
      to: { path: '^electron/core/(?!runtimes/(runtime|launch|facts|common|settings|setting-values|prometheus|help-flags|api-facts|$1))' },
    },
    {
      name: 'only-the-supervisor-spawns',
      severity: 'error',
      from: { path: '^electron/', pathNot: '^electron/(core/(supervisor|lib/run-tool)|shell|main|cli|dev)' },
      to: { path: '(node_modules/execa|^(node:)?child_process$)' },
    },
    rule('recommend-is-pure', '^electron/core/recommend', '^(node:|electron/core/(hardware|supervisor|install|models|gateway|store|evaluation))'),
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
  ],
  options: {
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|release)' },
  },
}
