import { sayError } from './say-error';

/** Where a query's result should be and is not. */
export function LoadFailure({ title, error, refetch }: { title: string; error: unknown; refetch: () => Promise<unknown> }) {
  // What comes of the new try shows in the query's own state.
  const tryAgain = () => void refetch().catch(() => {});

  return (
    <div className="notice" role="alert">
      <h2>{title}</h2>
      <p>{sayError(error)}</p>
      <button className="button" type="button" onClick={tryAgain}>
        Try again
      </button>
    </div>
  );
}
