export function Problem({ children }: { readonly children: string | null }) {
  return children === null ? null : (
    <p className="problem" role="alert">
      {children}
    </p>
  );
}
