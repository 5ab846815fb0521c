function Icon({ path }: { readonly path: string }) {
  return (
    <svg
      width="18"
      height="18"
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.8"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d={path} />
    </svg>
  );
}

export function KeyIcon() {
  return <Icon path="M12 15.5a4 4 0 1 1-8 0 4 4 0 0 1 8 0Zm-1.2-2.8L20 3.5m-3.5 3.5L19 9.5" />;
}

export function PlusIcon() {
  return <Icon path="M12 5v14M5 12h14" />;
}

export function TrashIcon() {
  return <Icon path="M4 7h16M10 11v6M14 11v6M6 7l1 13h10l1-13M9 7V4h6v3" />;
}

export function CloseIcon() {
  return <Icon path="M6 6l12 12M18 6 6 18" />;
}
