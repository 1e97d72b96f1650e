// What Chromium 83 lacks of the language's and the web's library and the window uses; only the old shell's test loads it.
{
  const methods = (target, added) => {
    for (const [name, method] of Object.entries(added))
      if (!(name in target)) Object.defineProperty(target, name, { value: method, writable: true, configurable: true })
  }

  methods(Object, { hasOwn: (target, key) => Object.prototype.hasOwnProperty.call(target, key) })
  for (const kind of [Array, String])
    methods(kind.prototype, {
      at(index) {
        return this[index < 0 ? this.length + index : index]
      },
    })
  methods(String.prototype, {
    replaceAll(what, by) {
      return what instanceof RegExp ? this.replace(what, by) : this.split(what).join(by)
    },
  })
  methods(Array.prototype, {
    findLast(is) {
      return [...this].reverse().find(is)
    },
    toSorted(by) {
      return [...this].sort(by)
    },
    toReversed() {
      return [...this].reverse()
    },
    toSpliced(...args) {
      const copy = [...this]
      copy.splice(...args)
      return copy
    },
  })
  methods(Promise, {
    withResolvers() {
      const parts = {}
      parts.promise = new Promise((resolve, reject) => Object.assign(parts, { resolve, reject }))
      return parts
    },
  })
  methods(URL, {
    canParse(address, base) {
      try {
        return Boolean(new URL(address, base))
      } catch {
        return false
      }
    },
  })
  methods(AbortSignal, {
    any(signals) {
      const controller = new AbortController()
      const abort = () => controller.abort()
      for (const signal of signals) {
        if (signal.aborted) abort()
        signal.addEventListener('abort', abort, { once: true })
      }
      return controller.signal
    },
    timeout(ms) {
      const controller = new AbortController()
      setTimeout(() => controller.abort(), ms)
      return controller.signal
    },
  })
  methods(Element.prototype, {
    checkVisibility() {
      return this.getClientRects().length > 0
    },
    replaceChildren(...nodes) {
      this.textContent = ''
      this.append(...nodes)
    },
  })
  methods(globalThis, {
    structuredClone: value => JSON.parse(JSON.stringify(value)),
    AggregateError: class AggregateError extends Error {
      constructor(errors, message) {
        super(message)
        this.errors = [...errors]
      }
    },
  })
  methods(Symbol, { asyncDispose: Symbol('asyncDispose'), dispose: Symbol('dispose') })
}
