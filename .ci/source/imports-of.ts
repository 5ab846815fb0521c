import { parseSync, Visitor } from 'rolldown/utils';

export interface Import {
  readonly specifier: string;
  /** Gone after compilation. */
  readonly typeOnly: boolean;
  readonly line: number;
}

/** Everything a module names from other modules, read from its syntax tree: imports, re-exports, `import()` and types. */
export function importsOf(file: string, text: string): readonly Import[] {
  const { program, errors } = parseSync(file, text);
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, at: number): void => {
    found.push({ specifier, typeOnly, line: lineOf(text, at) });
  };
  new Visitor({
    ImportDeclaration(node) {
      const named = node.specifiers;
      const typesOnly = named.length > 0 && named.every((name) => name.type === 'ImportSpecifier' && name.importKind === 'type');
      add(node.source.value, node.importKind === 'type' || typesOnly, node.start);
    },
    ExportAllDeclaration(node) {
      add(node.source.value, node.exportKind === 'type', node.start);
    },
    ExportNamedDeclaration(node) {
      if (node.source !== null) add(node.source.value, node.exportKind === 'type', node.start);
    },
    ImportExpression(node) {
      if (node.source.type === 'Literal' && typeof node.source.value === 'string') add(node.source.value, false, node.start);
    },
    TSImportType(node) {
      add(node.source.value, true, node.start);
    },
  }).visit(program);
  return found.sort((one, other) => one.line - other.line);
}

function lineOf(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
