import type { ReactNode } from 'react';

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg
      className="icon"
      viewBox="0 0 20 20"
      width="20"
      height="20"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.6"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

export const BackIcon = () => <Icon>{<path d="M12.5 4.5 7 10l5.5 5.5" />}</Icon>;
export const DownIcon = () => <Icon>{<path d="M10 4.5v11m0 0 4.5-4.5M10 15.5 5.5 11" />}</Icon>;
export const DownloadIcon = () => <Icon>{<path d="M10 3.5v9m0 0 3.5-3.5M10 12.5 6.5 9M4 16.5h12" />}</Icon>;
export const PencilIcon = () => (
  <Icon>{<path d="m4 16 .8-3.4 8.4-8.4a1.5 1.5 0 0 1 2.1 0l.5.5a1.5 1.5 0 0 1 0 2.1l-8.4 8.4L4 16Z" />}</Icon>
);
export const PlusIcon = () => <Icon>{<path d="M10 4.5v11M4.5 10h11" />}</Icon>;
export const SendIcon = () => <Icon>{<path d="M10 15.5v-11m0 0L5.5 9M10 4.5 14.5 9" />}</Icon>;
