// Writes the parameters of every operation and the plan format as TypeScript interfaces and the closed sets of words as unions, from
// the tables of the core.

const TYPES = { text: "string", integer: "number", boolean: "boolean", texts: "readonly string[]" };

/** The files of `src/params/`, by name; `operations` are the tables by cloud, `schema` is that of plans. */
export function paramsFiles({ operations, words, schema }) {
  const files = words.Cloud.map((cloud) => [`${cloud}.ts`, cloudFile(cloud, operations[cloud])]);
  return [...files, ["index.ts", indexFile(words.Cloud)], ["plan.ts", planFile(schema)], ["words.ts", wordsFile(words)]];
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

/** The definitions of plans that hold for every cloud. */
function planFile(schema) {
  const { Duration, Template, ...records } = Object.fromEntries(Object.entries(schema.definitions).filter(([name]) => !name.includes(".")));
  const interfaces = Object.entries({ ...records, Plan: schema }).map(([name, record]) => planRecord(name, record));
  return (
    "// The plan format. Generated: run `npm run build`.\n\n" +
    `${comment(Duration.description, "")}export type Duration = string;\n\n${comment(Template.description, "")}export type Template = string;\n\n` +
    interfaces.sort().join("\n")
  );
}

function planRecord(name, { description, properties, required = [] }) {
  const fields = Object.entries(properties).map(([field, schema]) => {
    const usual = ["string", "number", "boolean"].includes(typeof schema.default) ? ` Default: \`${schema.default}\`.` : "";
    const text = `${schema.description}${usual}`;
    return `${comment(text, "  ")}  ${field}${required.includes(field) ? "" : "?"}: ${planType(schema)};\n`;
  });
  return `${comment(description, "")}export interface ${name} {\n${fields.join("")}}\n`;
}

/** A schema as a type. That a text may also be null is left to YAML. */
function planType({ $ref, allOf, anyOf, enum: words, type, items, properties, additionalProperties }) {
  if ($ref) return $ref.split("/").at(-1);
  if (allOf) return planType(allOf[0]);
  if (anyOf) return anyOf.map(planType).join(" | ");
  if (words) return words.map((word) => JSON.stringify(word)).join(" | ");
  switch ([type].flat()[0]) {
    case "array":
      return items.anyOf ? `readonly (${planType(items)})[]` : `readonly ${planType(items)}[]`;
    case "object":
      if (properties) return `{ ${Object.entries(properties).map(([name, schema]) => `readonly ${JSON.stringify(name)}?: ${planType(schema)}`).join("; ")} }`;
      return `Readonly<Record<string, ${additionalProperties ? planType(additionalProperties) : "unknown"}>>`;
    case "integer":
      return "number";
    default:
      return [type].flat()[0];
  }
}
