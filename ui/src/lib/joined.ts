/**
 * For what may not run twice at once: calls while it runs are joined into one more run, and wait for that. `rest` is how
 * long, in milliseconds, it lies still before that one: for what comes in storms, so that they don't take all there is.
 */
export function joined(run: () => Promise<void>, rest = 0): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;

  async function all(): Promise<void> {
    try {
      do {
        again = false;
        await run();
        if (rest > 0 && again) await new Promise((done) => setTimeout(done, rest));
      } while (again);
    } finally {
      running = null;
    }
  }

  return () => {
    again = true;
    return (running ??= all());
  };
}
