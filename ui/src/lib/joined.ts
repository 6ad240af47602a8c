/**
 * For what may not run twice at once: calls while it runs are joined into one more run, and wait for that. `rest` is how
 * long, in milliseconds, it lies still before runs after that one: for what comes in storms, so that they don't take all
 * there is. A change that tells of its beginning and its end is no storm, and its end is seen at once.
 */
export function joined(run: () => Promise<void>, rest = 0): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;

  async function all(): Promise<void> {
    let runs = 0;
    try {
      do {
        again = false;
        await run();
        runs++;
        if (rest > 0 && again && runs > 1) await new Promise((done) => setTimeout(done, rest));
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
