import { createClient } from '@betterbase/client';
import { BetterBaseReactProvider } from '@betterbase/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { backendUrl } from './backend-url';
import { CrashScreen } from './crash-screen';
import './styles/index.css';

const client = createClient({ url: backendUrl });
const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');

createRoot(root).render(
  <StrictMode>
    <CrashScreen>
      <BetterBaseReactProvider client={client}>
        <App />
      </BetterBaseReactProvider>
    </CrashScreen>
  </StrictMode>,
);
