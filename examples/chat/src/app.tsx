import { Chat } from './chat';
import { useMe } from './me/me';
import { Welcome } from './me/welcome';

export function App() {
  const me = useMe();
  return me === null ? <Welcome /> : <Chat me={me} />;
}
