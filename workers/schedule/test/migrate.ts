/** The control plane's tables, for a test in workerd. */
export async function migrate(database: D1Database): Promise<void> {
  const files = import.meta.glob<string>('../../../migrations/*.sql', { query: '?raw', import: 'default', eager: true });
  const texts = Object.entries(files).sort(([one], [other]) => one.localeCompare(other));
  const statements = texts.flatMap(([, text]) => text.split('--> statement-breakpoint'));
  await database.batch(statements.map((statement) => database.prepare(statement)));
}
