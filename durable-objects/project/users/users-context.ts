/** What signing in to a project depends on. */
export interface UsersContext {
  readonly project: string;
  /** Who issues the tokens of its users. */
  readonly issuer: string;
  /** What the project's cookies and sessions are signed with, and its keys are encrypted with. */
  readonly secret: string;
}
