import { Component, type ReactNode } from 'react';

/** Our own mistakes end here, and not in a white page. */
export class CrashScreen extends Component<{ children: ReactNode }, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError() {
    return { hasCrashed: true };
  }

  override render() {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      <main className="notice" role="alert">
        <h2>That should not have happened</h2>
        <p>Something in this app broke. What you sent is safe.</p>
        <button className="button" type="button" onClick={() => location.reload()}>
          Load it again
        </button>
      </main>
    );
  }
}
