interface FieldProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
}

export function EmailField({ value, onChange, isFixed = false }: FieldProps & { readonly isFixed?: boolean }) {
  return (
    <label className="labelled">
      E-mail
      <input
        className="field"
        type="email"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete="username webauthn"
        placeholder="ada@example.com"
        readOnly={isFixed}
        required
      />
    </label>
  );
}

export function PasswordField({ value, onChange, autoComplete }: FieldProps & { readonly autoComplete: string }) {
  return (
    <label className="labelled">
      Password
      <input
        className="field"
        type="password"
        value={value}
        onChange={(event) => onChange(event.target.value)}
        autoComplete={autoComplete}
        minLength={8}
        required
      />
    </label>
  );
}
