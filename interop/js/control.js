import { createInterface } from 'node:readline'

/** Reads commands, one JSON object a line, and answers each with one line. */
export class Control {
  #handlers = new Map()

  /** @param handler takes a command and returns what goes beside "id" and "ok" */
  on (name, handler) {
    this.#handlers.set(name, handler)
  }

  write (answer) {
    process.stdout.write(JSON.stringify(answer) + '\n')
  }

  /** Resolves at the end of stdin. */
  async serve () {
    for await (const line of createInterface({ input: process.stdin })) {
      if (line.trim() === '') {
        continue
      }
      let command
      try {
        command = JSON.parse(line)
      } catch (err) {
        this.write({ id: null, ok: false, error: `not a command: ${err.message}` })
        continue
      }
      this.#handle(command)
    }
  }

  async #handle (command) {
    const id = command.id ?? null
    try {
      const handler = this.#handlers.get(command.cmd)
      if (handler == null) {
        throw new Error(`unsupported: no command ${command.cmd}`)
      }
      this.write({ id, ok: true, ...await handler(command) })
    } catch (err) {
      console.error(`peer: ${command.cmd}:`, err)
      this.write({ id, ok: false, error: `${err.name}: ${err.message}`.replace(/^Error: /, '') })
    }
  }
}
