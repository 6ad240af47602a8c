/** For what may not run twice at once: calls while it runs are joined into one more run, and wait for that. */
export function joined(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  let again = false;

  async function all(): Promise<void> {
    try {
      do {
        again = false;
        await run();
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
