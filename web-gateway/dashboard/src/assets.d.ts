// Styles are imported for their effect: esbuild puts them into the one style sheet.
declare module "*.css";
