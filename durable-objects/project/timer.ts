/** Stops a timer that has not fired. */
export type Stop = () => void;

/** The only way to wait. A pending timer keeps the object awake, so each one is short or guards work under way. */
export interface Timer {
  after(milliseconds: number, act: () => void): Stop;
}
