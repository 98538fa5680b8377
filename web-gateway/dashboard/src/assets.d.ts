// Styles are imported for their effect: esbuild puts them into the one style sheet.
declare module "*.css";

// The package's own types are not where its package.json says; of its terms we need these.
declare module "@prometheus-io/lezer-promql" {
  export const EqlRegex: number;
  export const Neq: number;
  export const NeqRegex: number;
}
