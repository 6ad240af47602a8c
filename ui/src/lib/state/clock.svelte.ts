/** The one ticking clock of the console: minutes for relative times, seconds while something waits. */
class Clock {
  #ticked = $state(Date.now());
  #timer: ReturnType<typeof setInterval>;
  #watchers = 0;

  constructor() {
    this.#timer = this.#tick(30_000);
  }

  /** Reactive to the ticks, and never behind: what has just happened doesn't lie in the future. */
  get now(): number {
    return Math.max(this.#ticked, Date.now());
  }

  /** Ticks every second until the returned function is called. */
  everySecond(): () => void {
    if (++this.#watchers === 1) this.#restart(1000);
    this.#ticked = Date.now();
    return () => {
      if (--this.#watchers === 0) this.#restart(30_000);
    };
  }

  #restart(milliseconds: number): void {
    clearInterval(this.#timer);
    this.#timer = this.#tick(milliseconds);
  }

  #tick(milliseconds: number): ReturnType<typeof setInterval> {
    return setInterval(() => (this.#ticked = Date.now()), milliseconds);
  }
}

export const clock = new Clock();
