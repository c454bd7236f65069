// Writes the parameters of every operation as TypeScript interfaces and the closed sets of words as unions, from the tables of the core.

const TYPES = { text: "string", integer: "number", boolean: "boolean", texts: "readonly string[]" };

/** The files of `src/params/`, by name; `operations` are the tables by cloud. */
export function paramsFiles({ operations, words }) {
  const files = words.Cloud.map((cloud) => [`${cloud}.ts`, cloudFile(cloud, operations[cloud])]);
  return [...files, ["index.ts", indexFile(words.Cloud)], ["words.ts", wordsFile(words)]];
}

function wordsFile(words) {
  const unions = Object.entries(words).map(([name, each]) => `export type ${name} = ${each.map((word) => JSON.stringify(word)).join(" | ")};\n`);
  return `// Closed sets of words, the same in every language. Generated: run \`npm run build\`.\n\n${unions.sort().join("")}`;
}

function cloudFile(cloud, table) {
  const head = `// Parameters of the operations of ${cloud}, under the vendor's own names. Generated: run \`npm run build\`.\n`;
  const records = new Map(table.flatMap((operation) => inner(operation.fields)).map((field) => [field.record, field]));
  const blocks = [
    ...[...records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, field]) => block(name, field.doc, field.fields)),
    ...table.map((operation) => block(operation.name, operation.doc, operation.fields)),
  ];
  const names = table.map((operation) => `  ${operation.name}: ${operation.name};\n`).join("");
  return `${head}\n${blocks.join("\n")}\n/** Parameters by operation. */\nexport interface Operations {\n${names}}\n`;
}

/** The records that parameters are made of, inner ones included. */
function inner(fields) {
  return fields.filter((field) => field.fields).flatMap((field) => [field, ...inner(field.fields)]);
}

function block(name, doc, fields) {
  const entries = fields.map((field) => {
    const type = field.shape === "objects" ? `readonly ${field.record}[]` : TYPES[field.shape];
    return `${comment(field.doc, "  ")}  ${field.name}${field.required ? "" : "?"}: ${type};\n`;
  });
  return `${comment(doc, "")}export interface ${name} {\n${entries.join("")}}\n`;
}

function comment(doc, indent) {
  const lines = doc.split("\n").map((line) => line.trim());
  if (lines.length === 1) return `${indent}/** ${lines[0]} */\n`;
  return `${indent}/**\n${lines.map((line) => `${indent} * ${line}`.trimEnd() + "\n").join("")}${indent} */\n`;
}

function indexFile(clouds) {
  const imports = clouds.map((cloud) => `import type * as ${cloud} from "./${cloud}.js";\n`).join("");
  const map = clouds.map((cloud) => `  ${cloud}: ${cloud}.Operations;\n`).join("");
  return (
    "// Parameters of every operation, by cloud. Generated: run `npm run build`.\n" +
    `${imports}\n/** Parameters by cloud and operation. */\nexport interface Operations {\n${map}}\n\nexport type { ${clouds.join(", ")} };\n`
  );
}
