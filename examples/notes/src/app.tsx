import { Authenticated, AuthLoading, Unauthenticated } from '@betterbase/react';
import { NotesPage } from './notes/notes-page';
import { SignInPage } from './sign-in/sign-in-page';

export function App() {
  return (
    <>
      <AuthLoading>
        <p className="waiting" role="status">
          One moment …
        </p>
      </AuthLoading>
      <Unauthenticated>
        <SignInPage />
      </Unauthenticated>
      <Authenticated>
        <NotesPage />
      </Authenticated>
    </>
  );
}
