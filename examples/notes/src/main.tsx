import { BetterBaseAuthProvider } from '@betterbase/react';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { client, useUsers } from './client';
import './styles/index.css';

const root = document.getElementById('root');
if (root === null) throw new Error('index.html has no element with the id "root".');

createRoot(root).render(
  <StrictMode>
    <BetterBaseAuthProvider client={client} useAuth={useUsers}>
      <App />
    </BetterBaseAuthProvider>
  </StrictMode>,
);
